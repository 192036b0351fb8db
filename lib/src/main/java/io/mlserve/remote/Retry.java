package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries again what failed with a temporary code, as often and as late as its policy says. */
public final class Retry {
  private static final Logger log = LoggerFactory.getLogger(Retry.class);

  private final RetryPolicy policy;

  public Retry(RetryPolicy policy) {
    this.policy = policy;
  }

  /** One attempt, no more. */
  public static Retry never() {
    return new Retry(
        new RetryPolicy(0, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ZERO));
  }

  /**
   * What the first attempt that succeeds returns; an attempt is told its number, from one on. The
   * last failure when there is nothing left to try, and {@code ABORTED} when the thread is
   * interrupted, whose flag stays set.
   */
  public <T> T call(IntFunction<T> attempt) {
    long start = System.nanoTime();
    for (int number = 1; ; number++) {
      try {
        return attempt.apply(number);
      } catch (MlserveException e) {
        Optional<Duration> delay =
            e.code().isTemporary() && !Thread.currentThread().isInterrupted()
                ? policy.delay(
                    number,
                    Duration.ofNanos(System.nanoTime() - start),
                    asked(e),
                    ThreadLocalRandom.current().nextDouble())
                : Optional.empty();
        if (delay.isEmpty()) {
          throw e;
        }
        log.info(
            "attempt {} failed, next in {} ms: {}", number, delay.get().toMillis(), e.message());
        await(delay.get(), e);
      }
    }
  }

  private static Optional<Duration> asked(MlserveException failure) {
    return failure.getCause() instanceof HttpStatus.RetryAfter later
        ? Optional.of(later.delay())
        : Optional.empty();
  }

  private static void await(Duration delay, MlserveException failure) {
    try {
      TimeUnit.NANOSECONDS.sleep(delay.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MlserveException(
          ErrorCode.ABORTED, "interrupted before trying again: " + failure.message(), failure);
    }
  }
}
