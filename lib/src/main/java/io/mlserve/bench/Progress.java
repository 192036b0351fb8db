package io.mlserve.bench;

import java.util.concurrent.atomic.LongAdder;

/** How far a run is. Thread-safe: the event loops count, whoever shows progress reads. */
public final class Progress {
  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();

  /** Right answers so far, warm-up included. */
  public long ok() {
    return answered.sum();
  }

  /** Failed requests so far, warm-up included. */
  public long failures() {
    return failed.sum();
  }

  void answered() {
    answered.increment();
  }

  void failed() {
    failed.increment();
  }
}
