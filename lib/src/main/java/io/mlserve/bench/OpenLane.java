package io.mlserve.bench;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open loop: sends what is due when it is due, over a slot that is free or a new one. When all
 * are taken, requests wait here, and their latency counts all the same.
 *
 * <p>Lives on its event loop. Every lane goes through the whole schedule and sends every n-th
 * request, so that lanes need not talk to each other.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what runs later reports to the run itself
final class OpenLane implements Lane, Slot.Owner {
  /**
   * Which lane it is.
   *
   * @param outstanding of all lanes
   */
  record Share(int index, int of, int slots, AtomicInteger outstanding) {}

  private record Waiting(long number, long due) {}

  private final Shared shared;
  private final EventLoop loop;
  private final Recorder recorder;
  private final DueTimes times;
  private final Share share;
  private final int maxOutstanding;
  private final Duration timeout;
  private final long measureFrom;
  private final long end;

  private final List<Slot> slots = new ArrayList<>();
  private final Deque<Slot> free = new ArrayDeque<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long nextDue;
  private long nextNumber = -1;
  private long measured;
  private boolean exhausted;
  private int ours; // outstanding
  private boolean ended;

  OpenLane(
      Shared shared,
      EventLoop loop,
      Recorder recorder,
      LoadPlan plan,
      Schedule.Open schedule,
      Share share) {
    this.shared = shared;
    this.loop = loop;
    this.recorder = recorder;
    this.times = new DueTimes(schedule, plan.ramp().toNanos());
    this.share = share;
    this.maxOutstanding = schedule.maxOutstanding();
    this.timeout = plan.timeout();
    this.measureFrom = shared.sinceStart(shared.tickets().measureFrom());
    this.end = shared.sinceStart(shared.tickets().end());
  }

  @Override
  public void start() {
    loop.execute(
        () ->
            shared.guard(
                () -> {
                  advance();
                  tick();
                }));
  }

  @Override
  public void free(Slot slot, int failuresInARow, boolean connectFailed) {
    ours--;
    share.outstanding.decrementAndGet();
    Waiting next = waiting.poll();
    if (next == null) {
      free.push(slot); // the one used last is the one most surely connected
      endIfDone();
    } else if (failuresInARow == 0) {
      slot.send(next.number, next.due);
    } else {
      // not from within a failure, which may come at once again
      loop.execute(() -> shared.guard(() -> slot.send(next.number, next.due)));
    }
  }

  @Override
  public void abandon() {
    loop.execute(this::end);
  }

  @Override
  public int outstanding() {
    return share.index == 0 ? share.outstanding.get() : 0;
  }

  @Override
  public Recorder recorder() {
    return recorder;
  }

  @Override
  public long reconnects() {
    return slots.stream().mapToLong(Slot::reconnects).sum();
  }

  private void tick() {
    if (ended) {
      return;
    }
    if (shared.tickets().isStopped()) {
      exhausted = true;
    }
    long now = shared.sinceStart(System.nanoTime());
    while (!exhausted && nextDue <= now) {
      dispatch(nextNumber, nextDue, now);
      advance();
    }
    if (exhausted) {
      endIfDone();
    } else {
      long wait = nextDue - shared.sinceStart(System.nanoTime());
      loop.schedule(() -> shared.guard(this::tick), Math.max(0, wait), TimeUnit.NANOSECONDS);
    }
  }

  // To the next request of ours, or to the end of the schedule.
  private void advance() {
    do {
      nextDue = times.next();
      nextNumber++;
      if (nextDue >= measureFrom) {
        measured++;
      }
      exhausted = nextDue >= end || measured > shared.tickets().most();
    } while (!exhausted && nextNumber % share.of != share.index);
  }

  private void dispatch(long number, long due, long now) {
    recorder.due(due);
    if (share.outstanding.get() >= maxOutstanding) {
      recorder.failed(
          due,
          RequestBatch.NEVER,
          now,
          Failure.of(
              Failure.Kind.OVERLOAD, "more than " + maxOutstanding + " requests outstanding"));
      shared.progress().failed();
      return;
    }
    ours++;
    share.outstanding.incrementAndGet();
    Slot slot = free.poll();
    if (slot == null && slots.size() < share.slots) {
      slot = new Slot(shared, recorder, loop, timeout, this);
      slots.add(slot);
    }
    if (slot == null) {
      waiting.add(new Waiting(number, due));
    } else {
      slot.send(number, due);
    }
  }

  private void endIfDone() {
    if (exhausted && ours == 0) {
      end();
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      slots.forEach(Slot::close);
      shared.running().countDown();
    }
  }
}
