package io.mlserve.bench;

import java.time.Duration;

/** Hears of a run while it goes on. */
public interface LoadListener {
  /** Hears nothing. */
  LoadListener NONE = new LoadListener() {};

  /** Answers match another expectation now. Called on an event loop: it must not wait. */
  default void onChange(AnswerChange change) {}

  /** An event began or, if it says an exit status, ended. It must not wait. */
  default void onEvent(EventReport event) {}

  /** Called a few times a second, on the thread that runs the plan. */
  default void onProgress(Duration sinceStart, Progress progress) {}

  /** Called about once a second, on the thread that runs the plan. */
  default void onSnapshot(Snapshot snapshot) {}
}
