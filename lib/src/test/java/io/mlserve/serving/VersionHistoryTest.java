package io.mlserve.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.error.ErrorCode;
import io.mlserve.metrics.Protocol;
import io.mlserve.metrics.Selector;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.model.ModelName;
import io.mlserve.serving.VersionEvent.Cause;
import io.mlserve.serving.VersionEvent.Occasion;
import io.mlserve.serving.VersionStatus.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VersionHistoryTest {
  private static final ModelName MODEL = new ModelName("m");

  private static final Occasion OCCASION = Occasion.unload(Cause.POLICY, Duration.ofMillis(5));

  private final HandClock clock = new HandClock();
  private final ServingMetrics metrics = new ServingMetrics(clock, ServingMetrics.RETAIN);
  private final VersionHistory history = new VersionHistory(MODEL, metrics, clock);

  /** Moved by hand. */
  private static final class HandClock extends Clock {
    private Instant now = Instant.parse("2026-01-01T12:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private void serve(long version) {
    history.loading(version);
    history.enter(version, State.AVAILABLE, OCCASION);
    metrics.introduce(MODEL, version).answered(Protocol.TFS_REST, Selector.DEFAULT, 1);
    history.enter(version, State.END, OCCASION);
  }

  private String exposed() {
    return metrics.expose(Optional.empty()).text();
  }

  @Test
  void newestVersionComesFirst() {
    serve(1);
    history.loading(2);
    assertThat(history.all()).extracting(VersionStatus::version).containsExactly(2L, 1L);
  }

  @Test
  void aFailureOfAServedVersionLeavesItAvailableAndSaysWhy() {
    history.enter(1, State.AVAILABLE, OCCASION);
    history.loading(1);
    history.failed(1, new VersionStatus.Failure(ErrorCode.DATA_LOSS, "torn"), OCCASION);
    VersionStatus status = history.all().get(0);
    assertThat(status.state()).isEqualTo(State.AVAILABLE);
    assertThat(status.failure()).isPresent();
  }

  @Test
  void endedVersionsAreKeptForADay() {
    for (int version = 1; version <= 30; version++) {
      serve(version);
    }
    clock.now = clock.now.plus(Duration.ofHours(24));
    serve(31);
    assertThat(history.all()).hasSize(31);
    assertThat(exposed()).contains("version=\"1\"");
  }

  @Test
  void versionsThatEndedLongAgoAreForgottenWithTheirMetrics() {
    for (int version = 1; version <= 30; version++) {
      serve(version);
    }
    clock.now = clock.now.plus(Duration.ofHours(26));
    serve(31);
    assertThat(history.all()).hasSize(10);
    assertThat(exposed()).doesNotContain("version=\"1\"").contains("version=\"31\"");
  }
}
