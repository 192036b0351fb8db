package io.mlserve.monitor;

import io.mlserve.monitor.MonitorEvent.Kind;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes of a monitor, one after the other on the calling thread, until that is interrupted. */
public final class MonitorLoop {
  private static final Logger log = LoggerFactory.getLogger(MonitorLoop.class);

  private final Supplier<Outcome> pass;
  private final Pace pace;
  private final Consumer<MonitorEvent> events;

  private int unreadable; // passes in a row

  /**
   * @param pass {@link MonitorCycle#run} and what the program does with its outcome
   */
  public MonitorLoop(Supplier<Outcome> pass, Pace pace, Consumer<MonitorEvent> events) {
    this.pass = pass;
    this.pace = pace;
    this.events = events;
  }

  /** Never returns; a failure of any kind ends a pass and not the loop. */
  public void run() throws InterruptedException {
    while (true) {
      try {
        unreadable = pass.get() instanceof Outcome.Unreadable ? unreadable + 1 : 0;
      } catch (RuntimeException e) {
        log.error("monitor.bug the pass failed unexpectedly, going on; please report it", e);
      }
      Duration sleep = pace.sleep(unreadable, ThreadLocalRandom.current().nextDouble());
      events.accept(new MonitorEvent(Kind.SLEEP, sleep.toMillis() + " ms"));
      TimeUnit.NANOSECONDS.sleep(sleep.toNanos());
    }
  }
}
