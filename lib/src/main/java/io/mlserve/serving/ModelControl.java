package io.mlserve.serving;

import java.util.concurrent.CompletionStage;

/**
 * What an operator may ask of a running server. Calls return at once; their stage completes when
 * what was asked for is in effect, and fails with a {@code MlserveException} that says why it will
 * not be. Asking twice for the same is asking once. Thread-safe.
 */
public interface ModelControl {
  /**
   * Serves {@code model} again after {@link #unload(String)}, or a model of the repository that is
   * not served yet; tries versions again that failed to load. Complete when the newest wanted
   * version can answer.
   */
  CompletionStage<Void> load(String model);

  /** Takes {@code model} out of service with all its versions, until it is loaded again. */
  CompletionStage<Void> unload(String model);

  /** Loads one version, whatever the policy says, and keeps it until it is unloaded. */
  CompletionStage<Void> load(String model, long version);

  /** Takes one version out of service, whatever the policy says, until it is loaded again. */
  CompletionStage<Void> unload(String model, long version);

  /**
   * Lets {@code label} stand for {@code version}. {@code FAILED_PRECONDITION} if it would move from
   * a version that answers to one that does not.
   */
  void label(String model, String label, long version);

  /** Takes a label away; not an error if there is none of that name. */
  void unlabel(String model, String label);
}
