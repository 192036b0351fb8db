package io.mlserve.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.error.ErrorCode;
import io.mlserve.metrics.ServingMetrics.Exposed;
import io.mlserve.model.ModelName;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServingMetricsTest {
  private static final ModelName HALF = new ModelName("half");

  private final ServingMetrics metrics = new ServingMetrics();

  private String exposed() {
    return metrics.expose(Optional.empty()).text();
  }

  private void answered(String version, String code, long millis) {
    metrics.answered("half", version, "tfs-rest", code, Duration.ofMillis(millis));
  }

  @Test
  void requestsAreCountedByModelVersionAndCode() {
    answered("7", ServingMetrics.OK, 1);
    answered("7", ServingMetrics.OK, 1);
    answered("8", ServingMetrics.OK, 1);
    answered("7", ErrorCode.INVALID_ARGUMENT.name(), 1);
    metrics.refused(ServingMetrics.UNKNOWN, "tfs-rest", ErrorCode.NOT_FOUND);
    assertThat(exposed())
        .contains(
            "mlserve_requests_total{model=\"half\",version=\"7\",protocol=\"tfs-rest\",code=\"OK\",}"
                + " 2.0",
            "mlserve_requests_total{model=\"half\",version=\"8\",protocol=\"tfs-rest\",code=\"OK\",}"
                + " 1.0",
            "version=\"7\",protocol=\"tfs-rest\",code=\"INVALID_ARGUMENT\",} 1.0",
            "{model=\"_unknown\",version=\"\",protocol=\"tfs-rest\",code=\"NOT_FOUND\",} 1.0");
  }

  @Test
  void durationsAreInSecondsAndInTheirBuckets() {
    answered("7", ServingMetrics.OK, 20);
    answered("7", ServingMetrics.OK, 300);
    String series = "mlserve_request_duration_seconds";
    assertThat(exposed())
        .contains(
            series + "_bucket{model=\"half\",version=\"7\",le=\"0.01\",} 0.0",
            series + "_bucket{model=\"half\",version=\"7\",le=\"0.025\",} 1.0",
            series + "_bucket{model=\"half\",version=\"7\",le=\"0.5\",} 2.0",
            series + "_bucket{model=\"half\",version=\"7\",le=\"+Inf\",} 2.0",
            series + "_count{model=\"half\",version=\"7\",} 2.0",
            series + "_sum{model=\"half\",version=\"7\",} 0.32");
  }

  @Test
  void requestsUnderWayGoUpAndDown() {
    metrics.admitted();
    metrics.admitted();
    metrics.left();
    assertThat(exposed()).contains("mlserve_inflight_requests 1.0");
  }

  @Test
  void loadsAreCountedByResultAndTimedWhenTheySucceed() {
    metrics.introduce(HALF);
    assertThat(exposed())
        .contains(
            "mlserve_model_reloads_total{model=\"half\",result=\"ok\",} 0.0",
            "mlserve_model_reloads_total{model=\"half\",result=\"error\",} 0.0",
            "mlserve_model_versions_closed_total{model=\"half\",} 0.0");
    metrics.loaded(HALF, 7, Optional.of(Duration.ofMillis(1500)));
    metrics.loaded(HALF, 8, Optional.empty());
    metrics.closed(HALF);
    assertThat(exposed())
        .contains(
            "mlserve_model_reloads_total{model=\"half\",result=\"ok\",} 1.0",
            "mlserve_model_reloads_total{model=\"half\",result=\"error\",} 1.0",
            "mlserve_model_load_duration_seconds{model=\"half\",version=\"7\",} 1.5",
            "mlserve_model_versions_closed_total{model=\"half\",} 1.0")
        .doesNotContain("mlserve_model_load_duration_seconds{model=\"half\",version=\"8\"");
  }

  @Test
  void versionIsInOneStateAtATime() {
    metrics.state(HALF, 7, Optional.empty(), "LOADING");
    metrics.state(HALF, 7, Optional.of("LOADING"), "AVAILABLE");
    assertThat(exposed())
        .contains(
            "mlserve_model_state{model=\"half\",version=\"7\",state=\"LOADING\",} 0.0",
            "mlserve_model_state{model=\"half\",version=\"7\",state=\"AVAILABLE\",} 1.0");
  }

  @Test
  void scraperGetsTheFormatThatItAsksFor() {
    Exposed plain = metrics.expose(Optional.empty());
    assertThat(plain.contentType()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    assertThat(plain.text()).contains("# TYPE mlserve_requests_total counter");
    Exposed prometheus =
        metrics.expose(
            Optional.of(
                "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"));
    assertThat(prometheus.contentType())
        .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(prometheus.text()).contains("# TYPE mlserve_requests counter").endsWith("# EOF\n");
    assertThat(metrics.expose(Optional.of("text/html, */*")).contentType())
        .startsWith("text/plain");
  }
}
