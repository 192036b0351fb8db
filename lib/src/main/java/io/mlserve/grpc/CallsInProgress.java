package io.mlserve.grpc;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is under way in an engine, and which streams are open between requests. Unary calls are
 * counted by the engine; a service with streams counts the requests in them, and lists the streams
 * here in order to hear when no more may come. Also the clock of calls that take too long.
 * Thread-safe.
 */
public final class CallsInProgress implements AutoCloseable {
  private final AtomicInteger inProgress = new AtomicInteger();
  private final Set<Runnable> streams = ConcurrentHashMap.newKeySet();
  private final HashedWheelTimer timer =
      new HashedWheelTimer(new DefaultThreadFactory("grpc-timer", true), 20, TimeUnit.MILLISECONDS);
  private volatile boolean draining;

  /** A request whose answer {@link #ended} reports. */
  public void begun() {
    inProgress.incrementAndGet();
  }

  public void ended() {
    inProgress.decrementAndGet();
  }

  /** Requests begun and not ended. */
  public int count() {
    return inProgress.get();
  }

  /**
   * Calls {@code onDrain} when the engine drains, at once if it does already; at most once, on any
   * thread. It has to end the stream as soon as no request of it is under way.
   */
  public void opened(Runnable onDrain) {
    streams.add(onDrain);
    if (draining && streams.remove(onDrain)) {
      onDrain.run();
    }
  }

  /** The stream that gave {@code onDrain} has ended. */
  public void closed(Runnable onDrain) {
    streams.remove(onDrain);
  }

  /** Runs {@code late} after {@code limit}, on the timer's thread, unless that is cancelled. */
  Timeout after(Duration limit, Runnable late) {
    return timer.newTimeout(timeout -> late.run(), limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Ends the timer; the engine does so when it is closed. */
  @Override
  public void close() {
    timer.stop();
  }

  void drain() {
    draining = true;
    for (Runnable stream : List.copyOf(streams)) {
      if (streams.remove(stream)) {
        stream.run();
      }
    }
  }
}
