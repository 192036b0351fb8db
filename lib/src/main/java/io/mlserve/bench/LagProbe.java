package io.mlserve.bench;

import io.netty.channel.EventLoop;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Finds out whether the generator itself is slow: a clock on one event loop that ticks every 10 ms
 * and notes how late each tick is. An answer that arrives while the loop is busy, or while the
 * operating system does not let it run, waits just as long and looks slow without being so.
 *
 * <p>Lives on its event loop; read by others only when it has stopped.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a tick has no result
final class LagProbe {
  private static final long TICK_NANOS = 10_000_000;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final EventLoop loop;
  private final long from;
  private final Histogram lag = new Histogram(3);

  private long intended;
  private long firstTick;
  private long lastTick;
  private long firstCpu;
  private long lastCpu;
  private boolean stopped;

  LagProbe(EventLoop loop, long from) {
    this.loop = loop;
    this.from = from;
  }

  /** Begins to tick at {@code from}, by {@link System#nanoTime()}. */
  void start() {
    intended = from;
    loop.schedule(this::tick, from - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  /** Returns when it ticks no more. */
  void stop() {
    loop.submit(() -> stopped = true).awaitUninterruptibly();
  }

  /** How late the ticks were, in nanoseconds. */
  Histogram lag() {
    return lag;
  }

  /** The share of the time that the thread of the loop computed, 0 to 1. */
  double busy() {
    long wall = lastTick - firstTick;
    return wall <= 0 ? 0 : Math.min(1, (double) (lastCpu - firstCpu) / wall);
  }

  private void tick() {
    if (stopped) {
      return;
    }
    long now = System.nanoTime();
    lag.recordValue(Math.max(0, now - intended));
    lastTick = now;
    lastCpu = threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : 0;
    if (firstTick == 0) {
      firstTick = now;
      firstCpu = lastCpu;
    }
    // from the time it should have been: one long halt counts as all the ticks that it swallowed
    intended += TICK_NANOS;
    loop.schedule(this::tick, intended - now, TimeUnit.NANOSECONDS);
  }
}
