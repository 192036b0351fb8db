package io.mlserve.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.admin.RecentWarnings;
import io.mlserve.commands.LogOptions;
import io.mlserve.commands.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prints one line for each event, as text or as a JSON object. Times are UTC with milliseconds;
 * nothing that a user or a server sent can start a line of its own. Stack traces only with {@code
 * --debug}, otherwise the chain of causes in the line.
 */
final class LogAppender extends AppenderBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private final LogOptions options;
  private final PrintWriter err;
  private final JsonFactory json = new JsonFactory();

  LogAppender(LogOptions options, PrintWriter err) {
    this.options = options;
    this.err = err;
  }

  @Override
  protected void append(ILoggingEvent event) {
    err.println(
        switch (options.format()) {
          case TEXT -> text(event);
          case JSON -> json(event);
        });
    err.flush();
    if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
      RecentWarnings.SHARED.add(
          new RecentWarnings.Warning(
              event.getInstant(), event.getLevel().toString(), message(event)));
    }
  }

  private static String message(ILoggingEvent event) {
    String message = Printable.line(String.valueOf(event.getFormattedMessage()));
    return causes(event.getThrowableProxy())
        .map(cause -> message + ": " + Printable.line(cause))
        .orElse(message);
  }

  private String text(ILoggingEvent event) {
    String logger = event.getLoggerName();
    StringBuilder line =
        new StringBuilder(TIME.format(event.getInstant()))
            .append(' ')
            .append(String.format("%-5s", event.getLevel()))
            .append(' ')
            .append(logger.substring(logger.lastIndexOf('.') + 1))
            .append(": ")
            .append(message(event));
    stack(event)
        .ifPresent(
            stack -> stack.lines().forEach(l -> line.append("\n    ").append(Printable.line(l))));
    return line.toString();
  }

  private String json(ILoggingEvent event) {
    StringWriter text = new StringWriter();
    try (JsonGenerator line = json.createGenerator(text)) {
      line.writeStartObject();
      line.writeStringField("time", TIME.format(event.getInstant()));
      line.writeStringField("level", event.getLevel().toString());
      line.writeStringField("logger", event.getLoggerName());
      line.writeStringField("thread", event.getThreadName());
      line.writeStringField("message", event.getFormattedMessage());
      Optional<String> causes = causes(event.getThrowableProxy());
      if (causes.isPresent()) {
        line.writeStringField("error", causes.get());
      }
      Optional<String> stack = stack(event);
      if (stack.isPresent()) {
        line.writeStringField("stack", stack.get());
      }
      line.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return text.toString();
  }

  private static Optional<String> causes(@Nullable IThrowableProxy thrown) {
    if (thrown == null) {
      return Optional.empty();
    }
    StringBuilder chain = new StringBuilder();
    for (IThrowableProxy t = thrown; t != null; t = t.getCause()) {
      String message = t.getMessage();
      String name = t.getClassName().substring(t.getClassName().lastIndexOf('.') + 1);
      chain.append(chain.isEmpty() ? "" : ": ");
      // our own failures are written to be read; others need their type to make sense
      chain.append(
          message == null || !t.getClassName().startsWith("io.mlserve.") ? name + " " : "");
      chain.append(message == null ? "" : message);
    }
    return Optional.of(chain.toString().strip());
  }

  private Optional<String> stack(ILoggingEvent event) {
    return options.debug() && event.getThrowableProxy() != null
        ? Optional.of(ThrowableProxyUtil.asString(event.getThrowableProxy()))
        : Optional.empty();
  }
}
