package io.mlserve.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What a package logs, from warnings on, until closed. */
final class LogLines implements AutoCloseable {
  private final Logger logger;
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  private final @Nullable Level before;

  private LogLines(Logger logger) {
    this.logger = logger;
    events.start();
    before = logger.getLevel();
    logger.setLevel(Level.WARN);
    logger.addAppender(events);
  }

  static LogLines of(String name) {
    return new LogLines((Logger) LoggerFactory.getLogger(name));
  }

  List<String> containing(String text) {
    return List.copyOf(events.list).stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .filter(message -> message.contains(text))
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(events);
    logger.setLevel(before);
  }
}
