package io.mlserve.grpc;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** Brings what grpc-java logs, which would go to stderr by itself, to where all the rest goes. */
final class GrpcLogs extends Handler {
  // Held, because the JDK forgets loggers that nobody holds, with their handlers.
  private static final Logger ROOT = Logger.getLogger("io.grpc");

  private GrpcLogs() {}

  /** The second time changes nothing. */
  static synchronized void redirect() {
    for (Handler handler : ROOT.getHandlers()) {
      if (handler instanceof GrpcLogs) {
        return;
      }
    }
    ROOT.setUseParentHandlers(false);
    ROOT.addHandler(new GrpcLogs());
  }

  @Override
  public void publish(LogRecord line) {
    String name = line.getLoggerName();
    org.slf4j.Logger log = LoggerFactory.getLogger(name == null ? "io.grpc" : name);
    if (line.getLevel().intValue() >= Level.SEVERE.intValue()) {
      log.error("{}", line.getMessage(), line.getThrown());
    } else if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
      log.warn("{}", line.getMessage(), line.getThrown());
    } else {
      log.debug("{}", line.getMessage(), line.getThrown());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
