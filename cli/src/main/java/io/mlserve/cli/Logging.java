package io.mlserve.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.mlserve.commands.LogOptions;
import io.mlserve.commands.LogSetup;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sets up logback without a file: to stderr, as loud as the options say. Remembers what a command
 * wants and lets logback ask for it when the first logger is made, since loading logback takes
 * longer than most commands that never log.
 */
public final class Logging implements LogSetup {
  // Shared with logback, which makes its own instance of the Configurator below.
  private static final AtomicReference<Wanted> WANTED = new AtomicReference<>(Wanted.unset());
  private static final AtomicReference<@Nullable LoggerContext> STARTED = new AtomicReference<>();

  private record Wanted(LogOptions options, PrintWriter err) {
    static Wanted unset() {
      return new Wanted(
          new LogOptions(false, 0, false, LogOptions.Format.TEXT),
          new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }
  }

  @Override
  public void apply(LogOptions options, PrintWriter err) {
    WANTED.set(new Wanted(options, err));
    LoggerContext started = STARTED.get();
    if (started != null) { // a second command in one process: tests
      configure(started);
    }
  }

  /** What logback finds through {@code META-INF/services}. */
  public static final class OnFirstLogger extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext context) {
      STARTED.set(context);
      Logging.configure(context);
      return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
  }

  private static void configure(LoggerContext context) {
    Wanted wanted = Objects.requireNonNull(WANTED.get());
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    LogAppender appender = new LogAppender(wanted.options(), wanted.err());
    appender.setContext(context);
    appender.start();
    root.addAppender(appender);
    root.setLevel(others(wanted.options()));
    context.getLogger("io.mlserve").setLevel(ours(wanted.options()));
    // it warns that Hadoop's native code is missing; nothing here needs it
    context.getLogger("org.apache.hadoop.util.NativeCodeLoader").setLevel(Level.ERROR);
  }

  private static Level ours(LogOptions options) {
    if (options.quiet()) {
      return Level.ERROR;
    }
    if (options.verbosity() > 1) {
      return Level.TRACE;
    }
    return options.debug() || options.verbosity() == 1 ? Level.DEBUG : Level.INFO;
  }

  private static Level others(LogOptions options) {
    if (options.quiet()) {
      return Level.ERROR;
    }
    return options.verbosity() > 1 ? Level.INFO : Level.WARN;
  }
}
