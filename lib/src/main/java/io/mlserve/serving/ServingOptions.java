package io.mlserve.serving;

import io.mlserve.batch.BatchOptions;
import io.mlserve.change.Backoff;
import io.mlserve.runtime.RuntimeOptions;
import java.time.Duration;

/**
 * How models are loaded and renewed.
 *
 * @param reload whether changes are looked for at all after a first version is served
 * @param reloadInterval between two looks at a model's folder
 * @param retry how long to wait before a version that failed to load is tried again
 * @param warmUp whether a version must run once before it takes traffic
 * @param signatureChanges whether a version may take traffic whose signature would break clients of
 *     the one before
 * @param batching how requests share runs
 */
public record ServingOptions(
    boolean reload,
    Duration reloadInterval,
    Backoff retry,
    boolean warmUp,
    boolean signatureChanges,
    RuntimeOptions runtime,
    BatchOptions batching) {

  public static ServingOptions defaults() {
    return new ServingOptions(
        true,
        Duration.ofSeconds(1),
        new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
        true,
        false,
        RuntimeOptions.defaults(),
        BatchOptions.defaults());
  }
}
