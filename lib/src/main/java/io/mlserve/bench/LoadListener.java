package io.mlserve.bench;

import java.time.Duration;

/** Hears of a run while it goes on. */
public interface LoadListener {
  /** Hears nothing. */
  LoadListener NONE = new LoadListener() {};

  /** Answers match another expectation now. Called on an event loop: it must not wait. */
  default void onChange(AnswerChange change) {}

  /** Called a few times a second, on the thread that runs the plan. */
  default void onProgress(Duration sinceStart, Progress progress) {}
}
