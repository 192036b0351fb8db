package io.mlserve.bench;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A closed loop: each slot takes a ticket when it is free, and sends.
 *
 * <p>Lives on its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what runs later reports to the run itself
final class ClosedLane implements Lane, Slot.Owner {
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Shared shared;
  private final EventLoop loop;
  private final Recorder recorder;
  private final long rampNanos;
  private final List<Slot> slots = new ArrayList<>();
  private int running;
  private boolean ended;

  /**
   * @param slots how many requests are under way
   * @param rampNanos over that time one slot after the other begins
   */
  ClosedLane(
      Shared shared,
      EventLoop loop,
      Recorder recorder,
      int slots,
      Duration timeout,
      long rampNanos) {
    this.shared = shared;
    this.loop = loop;
    this.recorder = recorder;
    this.rampNanos = rampNanos;
    for (int i = 0; i < slots; i++) {
      this.slots.add(new Slot(shared, recorder, loop, timeout, this));
    }
    this.running = slots;
  }

  @Override
  public void start() {
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      long delay = rampNanos * i / slots.size();
      if (delay == 0) {
        loop.execute(() -> shared.guard(() -> next(slot)));
      } else {
        later(slot, delay);
      }
    }
  }

  @Override
  public void free(Slot slot, int failuresInARow, boolean connectFailed) {
    // At once after a first failure: many servers end a connection now and then. After that the
    // server is given time, and this thread too.
    if (failuresInARow == 0) {
      next(slot);
    } else if (failuresInARow == 1 && !connectFailed) {
      loop.execute(() -> shared.guard(() -> next(slot)));
    } else {
      long pause = FIRST_PAUSE_NANOS << Math.min(failuresInARow - 1, 10);
      later(slot, Math.min(pause, LONGEST_PAUSE_NANOS));
    }
  }

  @Override
  public void abandon() {
    loop.execute(this::end);
  }

  @Override
  public int outstanding() {
    return slots.size();
  }

  @Override
  public Recorder recorder() {
    return recorder;
  }

  @Override
  public long reconnects() {
    return slots.stream().mapToLong(Slot::reconnects).sum();
  }

  private void later(Slot slot, long nanos) {
    loop.schedule(() -> shared.guard(() -> next(slot)), nanos, TimeUnit.NANOSECONDS);
  }

  private void next(Slot slot) {
    if (ended) {
      return;
    }
    long now = System.nanoTime();
    long ticket = shared.tickets().take(now);
    if (ticket == Tickets.NONE) {
      slot.close();
      running--;
      if (running == 0) {
        end();
      }
      return;
    }
    long due = shared.sinceStart(now);
    recorder.due(due);
    slot.send(ticket, due);
  }

  private void end() {
    if (!ended) {
      ended = true;
      slots.forEach(Slot::close);
      shared.running().countDown();
    }
  }
}
