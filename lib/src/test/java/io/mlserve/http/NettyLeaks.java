package io.mlserve.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Watches every buffer that Netty hands out while a test class runs; one that is not given back
 * fails the class.
 */
public final class NettyLeaks implements BeforeAllCallback, AfterAllCallback {
  private final ListAppender<ILoggingEvent> reports = new ListAppender<>();
  private ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();

  @Override
  public void beforeAll(ExtensionContext context) {
    begin();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    assertThat(end()).isEmpty();
  }

  void begin() {
    before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    reports.start();
    logger().addAppender(reports);
    logger().setAdditive(false); // a report is as long as this file, and is in the failure
  }

  /** The reports of leaks since {@link #begin}. */
  List<String> end() {
    // Leaks show when the garbage collector has found them and another buffer is handed out.
    for (int i = 0; i < 3; i++) {
      System.gc();
      for (int buffer = 0; buffer < 200; buffer++) {
        PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
      }
      pause();
    }
    logger().detachAppender(reports);
    logger().setAdditive(true);
    ResourceLeakDetector.setLevel(before);
    return reports.list.stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(message -> message.contains("LEAK"))
        .toList();
  }

  // References are queued by a thread of the JVM some time after a collection.
  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
  }
}
