package io.mlserve.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mlserve.error.ErrorCode;
import io.mlserve.metrics.Buckets.Bounds;
import io.mlserve.model.ModelName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** What {@link ServingMetrics} exposes is read back. */
class ServerTrafficTest {
  private static final ModelName MODEL = new ModelName("half");

  private final ServingMetrics server = new ServingMetrics();

  @Test
  void requestsErrorsAndLatencyComeBackPerVersion() {
    for (int i = 0; i < 99; i++) {
      answered(2, Duration.ofMillis(2));
    }
    server
        .introduce(MODEL, 2)
        .failed(
            Protocol.TFS_REST,
            Selector.DEFAULT,
            ErrorCode.INTERNAL,
            Duration.ofMillis(400).toNanos());
    answered(10, Duration.ofMillis(1));
    server.life().state(MODEL, 2, "AVAILABLE");

    ServerTraffic traffic = read();

    assertThat(traffic.versions()).extracting(ModelTraffic::version).containsExactly("10", "2");
    ModelTraffic two = traffic.versions().get(1);
    assertThat(two.requests()).isEqualTo(100);
    assertThat(two.errors()).isEqualTo(1);
    assertThat(two.state()).contains("AVAILABLE");
    assertThat(two.latency().mean().orElseThrow()).isCloseTo(0.00598, within(1e-9));
    assertThat(two.latency().quantile(0.5)).contains(new Bounds(0.001, 0.0025));
    assertThat(two.latency().quantile(0.99)).contains(new Bounds(0.001, 0.0025));
    assertThat(two.latency().quantile(0.999)).contains(new Bounds(0.25, 0.5));
    assertThat(two.lastRequest().orElseThrow())
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
  }

  @Test
  void versionWithoutTrafficHasNoLatencyAndNoLastRequest() {
    server.introduce(MODEL, 1);
    server.life().loaded(MODEL, 1, false, new LifeMetrics.Loaded(Duration.ofMillis(1500), 100, ""));

    ModelTraffic row = read().versions().get(0);

    assertThat(row.requests()).isZero();
    assertThat(row.latency().mean()).isEmpty();
    assertThat(row.latency().quantile(0.99)).isEmpty();
    assertThat(row.lastRequest()).isEmpty();
    assertThat(row.loadSeconds()).isEqualTo(OptionalDouble.of(1.5));
  }

  @Test
  void refusedRequestsHaveARowOfTheirOwn() {
    server.unknown().refused(Protocol.TFS_REST, Selector.DEFAULT, ErrorCode.NOT_FOUND);

    ModelTraffic row = read().versions().get(0);

    assertThat(row.version()).isEmpty();
    assertThat(row.requests()).isEqualTo(1);
    assertThat(row.errors()).isEqualTo(1);
  }

  @Test
  void requestsInFlightAreCounted() {
    VersionCounters counters = server.introduce(MODEL, 1);
    counters.entered(Selector.DEFAULT);
    counters.entered(Selector.DEFAULT);
    counters.left();

    assertThat(read().inFlight()).isEqualTo(OptionalDouble.of(1));
  }

  @Test
  void latencyBeyondTheLastBoundIsOpenAbove() {
    answered(1, Duration.ofSeconds(100));

    assertThat(read().versions().get(0).latency().quantile(0.5))
        .contains(new Bounds(60, Double.POSITIVE_INFINITY));
  }

  @Test
  void metricsOfOthersAreNoModels() {
    ServerTraffic traffic = ServerTraffic.of(Exposition.parse("go_goroutines 12\n"));

    assertThat(traffic.versions()).isEmpty();
    assertThat(traffic.inFlight()).isEmpty();
  }

  private void answered(long version, Duration took) {
    VersionCounters counters = server.introduce(MODEL, version);
    counters.entered(Selector.DEFAULT);
    counters.answered(Protocol.TFS_REST, Selector.DEFAULT, took.toNanos());
    counters.left();
  }

  private ServerTraffic read() {
    return ServerTraffic.of(Exposition.parse(server.expose(Optional.empty()).text()));
  }
}
