package io.mlserve.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Optional<Duration> UNASKED = Optional.empty();

  private final RetryPolicy policy =
      new RetryPolicy(5, SECOND, Duration.ofSeconds(10), Duration.ofSeconds(60));

  @Test
  void waitsDoubleUpToTheCap() {
    assertThat(policy.delay(1, Duration.ZERO, UNASKED, 0)).contains(SECOND);
    assertThat(policy.delay(2, Duration.ZERO, UNASKED, 0)).contains(Duration.ofSeconds(2));
    assertThat(policy.delay(4, Duration.ZERO, UNASKED, 0)).contains(Duration.ofSeconds(8));
    assertThat(policy.delay(5, Duration.ZERO, UNASKED, 0)).contains(Duration.ofSeconds(10));
  }

  @Test
  void chanceShortensAWaitByUpToAHalf() {
    assertThat(policy.delay(2, Duration.ZERO, UNASKED, 0.5)).contains(Duration.ofMillis(1500));
  }

  @Test
  void afterTheLastRetryItIsOver() {
    assertThat(policy.delay(6, Duration.ZERO, UNASKED, 0)).isEmpty();
  }

  @Test
  void noWaitEndsAfterTheBudget() {
    assertThat(policy.delay(1, Duration.ofSeconds(59), UNASKED, 0)).contains(SECOND);
    assertThat(policy.delay(1, Duration.ofMillis(59_001), UNASKED, 0)).isEmpty();
  }

  @Test
  void serverThatAsksForALongerWaitIsBelieved() {
    assertThat(policy.delay(1, Duration.ZERO, Optional.of(Duration.ofSeconds(30)), 0))
        .contains(Duration.ofSeconds(30));
    assertThat(policy.delay(1, Duration.ZERO, Optional.of(Duration.ofMillis(1)), 0))
        .contains(SECOND);
    assertThat(policy.delay(1, Duration.ZERO, Optional.of(Duration.ofSeconds(61)), 0)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void onlyTheTemporaryIsTriedAgain(ErrorCode code) {
    Retry retry = new Retry(new RetryPolicy(1, Duration.ofNanos(1), Duration.ofNanos(1), SECOND));
    AtomicInteger attempts = new AtomicInteger();
    assertThatThrownBy(
            () ->
                retry.call(
                    number -> {
                      attempts.set(number);
                      throw new MlserveException(code, "as the test wants it");
                    }))
        .hasMessage("as the test wants it");
    assertThat(attempts).hasValue(code.isTemporary() ? 2 : 1);
  }

  @Test
  void interruptEndsTheWait() {
    Retry retry = new Retry(RetryPolicy.DEFAULT);
    AtomicInteger attempts = new AtomicInteger();
    assertThatThrownBy(
            () ->
                retry.call(
                    number -> {
                      attempts.set(number);
                      Thread.currentThread().interrupt();
                      throw new MlserveException(ErrorCode.UNAVAILABLE, "down");
                    }))
        .hasMessage("down");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(attempts).hasValue(1);
  }
}
