package io.mlserve.metrics.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Protocol;
import io.mlserve.metrics.Selector;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.metrics.VersionCounters;
import io.mlserve.metrics.VersionKey;
import io.mlserve.model.ModelName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrafficRecorderTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final VersionKey KEY = new VersionKey("m", 1);

  @TempDir private Path folder;

  private final HandClock clock = new HandClock();

  /** Moved by hand. */
  private static final class HandClock extends Clock {
    private Instant now = NOON;

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

  private TrafficRecorder open(ServingMetrics metrics) {
    return TrafficRecorder.open(metrics, clock, Optional.of(folder));
  }

  private void use(ServingMetrics metrics, Selector selector) {
    VersionCounters counters = metrics.introduce(new ModelName("m"), 1);
    counters.entered(selector);
    counters.answered(Protocol.TFS_REST, selector, Duration.ofSeconds(90).toNanos());
    counters.left();
  }

  @Test
  void whatWasRecordedIsThereAgain() {
    ServingMetrics first = new ServingMetrics(clock, ServingMetrics.RETAIN);
    TrafficHistory.Saved saved;
    try (TrafficRecorder recorder = open(first)) {
      use(first, Selector.LABEL);
      clock.now = NOON.plusSeconds(1);
      use(first, Selector.DEFAULT);
      saved = recorder.read();
    }
    clock.now = NOON.plusSeconds(100);
    ServingMetrics second = new ServingMetrics(clock, ServingMetrics.RETAIN);
    try (TrafficRecorder recorder = open(second)) {
      assertThat(recorder.read().versions()).isEqualTo(saved.versions());
      assertThat(recorder.coverage().gaps())
          .containsExactly(new Gap(NOON.plusSeconds(1), NOON.plusSeconds(100)));
      VersionCounters counters = second.introduce(new ModelName("m"), 1);
      assertThat(counters.lastMillis(Selector.LABEL)).isEqualTo(NOON.toEpochMilli());
      assertThat(counters.lastMillis()).isEqualTo(NOON.plusSeconds(1).toEpochMilli());
      assertThat(counters.lastMillis(Selector.VERSION)).isZero();
      assertThat(recorder.read(KEY).latencies())
          .containsEntry(NOON, new Latency(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY));
    }
  }

  @Test
  void fileIsWrittenEveryMinute() throws IOException {
    ServingMetrics metrics = new ServingMetrics(clock, ServingMetrics.RETAIN);
    try (TrafficRecorder recorder = open(metrics)) {
      recorder.step();
      assertThat(folder.resolve("traffic.json")).doesNotExist();
      clock.now = NOON.plusSeconds(60);
      recorder.step();
      assertThat(Files.readString(folder.resolve("traffic.json"))).contains("\"format\":1");
      assertThat(folder.resolve("traffic.json.part")).doesNotExist();
    }
  }

  @Test
  void fileThatIsNoHistoryIsPutAside() throws IOException {
    Files.writeString(folder.resolve("traffic.json"), "{\"format\":1,\"written\":[");
    try (TrafficRecorder recorder = open(new ServingMetrics())) {
      assertThat(recorder.read().versions()).isEmpty();
      assertThat(folder.resolve("traffic.json.unreadable")).exists();
    }
    Files.writeString(folder.resolve("traffic.json"), "{\"format\":2}");
    try (TrafficRecorder recorder = open(new ServingMetrics())) {
      assertThat(recorder.coverage().since()).isEqualTo(NOON);
    }
  }

  @Test
  void twoServersDoNotShareAFolder() {
    try (TrafficRecorder recorder = open(new ServingMetrics())) {
      assertThat(recorder.isPersistent()).isTrue();
      assertThatThrownBy(() -> open(new ServingMetrics()))
          .isInstanceOfSatisfying(
              MlserveException.class,
              refused -> assertThat(refused.code()).isEqualTo(ErrorCode.LOCKED));
    }
    open(new ServingMetrics()).close();
  }

  @Test
  void withoutAFolderNothingIsWritten() {
    ServingMetrics metrics = new ServingMetrics(clock, ServingMetrics.RETAIN);
    try (TrafficRecorder recorder = TrafficRecorder.open(metrics, clock, Optional.empty())) {
      use(metrics, Selector.DEFAULT);
      assertThat(recorder.read(KEY).lastRequest()).contains(NOON);
      assertThat(recorder.isPersistent()).isFalse();
    }
    assertThat(folder).isEmptyDirectory();
  }
}
