package io.mlserve.bench;

import java.util.SplittableRandom;

/**
 * The times at which the requests of an open loop are due, one after the other, in nanoseconds from
 * the start. Arithmetic and a seed, no clock: the same schedule gives the same times.
 */
final class DueTimes {
  private static final double NANOS = 1e9;

  private final Schedule.Open schedule;
  private final double rampSeconds;
  private final SplittableRandom random;
  private double expected; // requests that a steady load would have sent by now, on average
  private long index;

  /**
   * @param rampNanos for how long the rate grows from 0; bursts and replays know no ramp
   */
  DueTimes(Schedule.Open schedule, long rampNanos) {
    this.schedule = schedule;
    this.rampSeconds = rampNanos / NANOS;
    this.random = new SplittableRandom(schedule.seed());
  }

  /** The next one; never earlier than the last. */
  long next() {
    Arrival arrival = schedule.arrival();
    long due;
    if (arrival instanceof Arrival.Poisson) {
      // StrictMath: the same on every machine
      expected -= StrictMath.log(1 - random.nextDouble());
      due = atExpected();
    } else if (arrival instanceof Arrival.Burst burst) {
      due = index / burst.size() * burst.every().toNanos();
    } else if (arrival instanceof Arrival.Replay replay) {
      due = replayed(replay);
    } else {
      expected = index;
      due = atExpected();
    }
    index++;
    return due;
  }

  private long atExpected() {
    double rate = schedule.ratePerSecond();
    double inRamp = rate * rampSeconds / 2;
    double seconds =
        expected < inRamp
            ? Math.sqrt(2 * rampSeconds * expected / rate)
            : rampSeconds + (expected - inRamp) / rate;
    return (long) (seconds * NANOS);
  }

  private long replayed(Arrival.Replay replay) {
    long[] times = replay.nanos();
    long round = index / times.length;
    long time = round * replay.periodNanos() + times[(int) (index % times.length)];
    double own = times.length * NANOS / replay.periodNanos();
    return schedule.ratePerSecond() == 0 ? time : (long) (time * (own / schedule.ratePerSecond()));
  }
}
