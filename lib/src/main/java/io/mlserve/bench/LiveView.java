package io.mlserve.bench;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;

/**
 * Collects what the lanes saw in the last second. The counting costs the lanes nothing: they hand
 * over what they have when asked. One thread uses it.
 */
final class LiveView {
  private static final long INTERVAL = 1_000_000_000;
  private static final long LONGEST_WAIT_MILLIS = 500;

  private final List<Lane> lanes;
  private final List<EventLoop> loops;
  private long last;

  LiveView(List<Lane> lanes, List<EventLoop> loops) {
    this.lanes = lanes;
    this.loops = loops;
  }

  /**
   * The last second, if it is over. A lane that is too busy to answer has its part in a later one.
   *
   * @param now counted from the start of the run
   */
  Optional<Snapshot> snapshot(long now, boolean warmingUp) throws InterruptedException {
    if (now - last < INTERVAL) {
      return Optional.empty();
    }
    Histogram latency = new Histogram(3);
    long sent = 0;
    long ok = 0;
    long failed = 0;
    long outstanding = 0;
    for (int i = 0; i < lanes.size(); i++) {
      Lane lane = lanes.get(i);
      outstanding += lane.outstanding();
      Future<Recorder.Live> asked = loops.get(i).submit(lane.recorder()::takeLive);
      try {
        Recorder.Live live = asked.get(LONGEST_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        latency.add(live.latency());
        sent += live.sent();
        ok += live.ok();
        failed += live.failed();
      } catch (TimeoutException e) {
        asked.cancel(false);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    Duration length = Duration.ofNanos(now - last);
    last = now;
    return Optional.of(
        new Snapshot(
            Duration.ofNanos(now), length, warmingUp, sent, ok, failed, outstanding, latency));
  }
}
