package io.mlserve.metrics.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mlserve.metrics.Protocol;
import io.mlserve.metrics.Selector;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.metrics.VersionCounters;
import io.mlserve.metrics.VersionKey;
import io.mlserve.model.ModelName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrafficHistoryTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final ModelName MODEL = new ModelName("m");
  private static final VersionKey KEY = new VersionKey("m", 1);

  private final ServingMetrics metrics = new ServingMetrics();
  private final VersionCounters counters = metrics.introduce(MODEL, 1);
  private final TrafficHistory history = new TrafficHistory(Optional.empty(), NOON);

  private void requests(int count, Instant at) {
    for (int i = 0; i < count; i++) {
      counters.answered(Protocol.TFS_REST, Selector.VERSION, Duration.ofMillis(2).toNanos());
    }
    history.record(metrics.usage(), at);
  }

  @Test
  void requestsAreInTheSlotAndTheHourInWhichTheyWereSeen() {
    requests(3, NOON.plusSeconds(10));
    requests(4, NOON.plusSeconds(299));
    requests(5, NOON.plusSeconds(300));
    requests(6, NOON.plusSeconds(3600));
    VersionTraffic traffic = history.of(KEY);
    assertThat(traffic.fiveMinutes())
        .containsOnlyKeys(NOON, NOON.plusSeconds(300), NOON.plusSeconds(3600));
    assertThat(traffic.fiveMinutes().get(NOON)).isEqualTo(new Tally(7, 0, 0, 0, 7));
    assertThat(traffic.hours())
        .containsEntry(NOON, new Tally(12, 0, 0, 0, 12))
        .containsEntry(NOON.plusSeconds(3600), new Tally(6, 0, 0, 0, 6));
  }

  @Test
  void latencyIsThatOfTheSlotAlone() {
    counters.answered(Protocol.TFS_REST, Selector.DEFAULT, Duration.ofSeconds(2).toNanos());
    history.record(metrics.usage(), NOON);
    requests(1, NOON.plusSeconds(300));
    VersionTraffic traffic = history.of(KEY);
    assertThat(traffic.latencies().get(NOON)).isEqualTo(new Latency(2.5, 2.5));
    assertThat(traffic.latencies().get(NOON.plusSeconds(300)))
        .isEqualTo(new Latency(0.0025, 0.0025));
  }

  @Test
  void busiestHourNeedNotBeginWithTheClock() {
    requests(1, NOON.plusSeconds(60));
    requests(1800, NOON.plus(Duration.ofMinutes(50)));
    requests(1800, NOON.plus(Duration.ofMinutes(95)));
    requests(1, NOON.plus(Duration.ofHours(5)));
    VersionTraffic.Peak peak = history.of(KEY).peak(NOON.plus(Duration.ofHours(6))).orElseThrow();
    assertThat(peak.rps()).isEqualTo(1.0);
    assertThat(peak.hour()).isEqualTo(NOON.plus(Duration.ofMinutes(50)));
  }

  @Test
  void busiestHourIsOneOfTheLastDay() {
    requests(3600, NOON);
    requests(36, NOON.plus(Duration.ofHours(20)));
    assertThat(history.of(KEY).peak(NOON.plus(Duration.ofHours(26))).orElseThrow().rps())
        .isCloseTo(0.01, within(1e-9));
    assertThat(history.of(new VersionKey("m", 2)).peak(NOON)).isEmpty();
  }

  @Test
  void windowHoldsItsRequestsAndAtMostASlotMore() {
    requests(1, NOON);
    requests(10, NOON.plus(Duration.ofMinutes(10)));
    Instant now = NOON.plus(Duration.ofMinutes(12));
    assertThat(history.of(KEY).within(Duration.ofMinutes(3), now).requests()).isEqualTo(10);
    assertThat(history.of(KEY).within(Duration.ofHours(24), now).requests()).isEqualTo(11);
    assertThat(history.of(KEY).within(Duration.ofDays(7), now).requests()).isEqualTo(11);
  }

  @Test
  void fineSlotsAreKeptForADayAndHoursForAMonth() {
    requests(1, NOON);
    requests(1, NOON.plus(Duration.ofHours(26)));
    assertThat(history.of(KEY).fiveMinutes()).hasSize(1);
    assertThat(history.of(KEY).hours()).hasSize(2);
    requests(1, NOON.plus(Duration.ofDays(32)));
    assertThat(history.of(KEY).hours()).hasSize(1);
  }

  @Test
  void timeThatNobodyRecordedIsAGapAndNotZero() {
    requests(5, NOON.plusSeconds(60));
    TrafficHistory.Saved saved = history.save(NOON.plusSeconds(60));
    Instant back = NOON.plus(Duration.ofHours(6)).plusSeconds(60);
    TrafficHistory again = new TrafficHistory(Optional.of(saved), back);
    assertThat(again.coverage().gaps()).containsExactly(new Gap(NOON.plusSeconds(60), back));
    Instant later = NOON.plus(Duration.ofHours(24));
    assertThat(again.coverage().of(Duration.ofHours(24), later)).isCloseTo(0.75, within(1e-9));
    assertThat(again.coverage().of(Duration.ofHours(12), later)).isEqualTo(1);
    assertThat(again.of(KEY).hours()).containsEntry(NOON, new Tally(5, 0, 0, 0, 5));
  }

  @Test
  void youngServerHasNotSeenTheDay() {
    assertThat(history.coverage().of(Duration.ofHours(24), NOON.plus(Duration.ofHours(6))))
        .isCloseTo(0.25, within(1e-9));
  }

  @Test
  void countersThatBeginAnewAreAddedToWhatWasThere() {
    requests(5, NOON);
    TrafficHistory again =
        new TrafficHistory(Optional.of(history.save(NOON)), NOON.plusSeconds(10));
    ServingMetrics fresh = new ServingMetrics();
    fresh.introduce(MODEL, 1).answered(Protocol.OIP_REST, Selector.LABEL, 1);
    again.record(fresh.usage(), NOON.plusSeconds(20));
    assertThat(again.of(KEY).fiveMinutes().get(NOON)).isEqualTo(new Tally(6, 0, 0, 1, 5));
  }

  @Test
  void serverThatRestartsAllTheTimeKeepsAnEnd() {
    TrafficHistory flapping = history;
    Instant now = NOON;
    for (int i = 0; i < 2000; i++) {
      TrafficHistory.Saved saved = flapping.save(now);
      now = now.plusSeconds(10);
      flapping = new TrafficHistory(Optional.of(saved), now);
      now = now.plusSeconds(10);
    }
    assertThat(flapping.coverage().gaps()).hasSize(500);
    assertThat(flapping.coverage().of(Duration.ofHours(1), now)).isCloseTo(0.5, within(0.01));
  }
}
