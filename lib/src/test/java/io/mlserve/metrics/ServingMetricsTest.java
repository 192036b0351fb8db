package io.mlserve.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.error.ErrorCode;
import io.mlserve.metrics.ServingMetrics.Exposed;
import io.mlserve.model.ModelName;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ServingMetricsTest {
  private static final ModelName HALF = new ModelName("half");

  private final ServingMetrics metrics = new ServingMetrics();

  private String exposed() {
    return metrics.expose(Optional.empty()).text();
  }

  private void answered(long version, long millis) {
    metrics
        .introduce(HALF, version)
        .answered(Protocol.TFS_REST, Selector.DEFAULT, Duration.ofMillis(millis).toNanos());
  }

  @Test
  void requestsAreCountedByModelVersionAndCode() {
    answered(7, 1);
    answered(7, 1);
    answered(8, 1);
    metrics
        .introduce(HALF, 7)
        .failed(Protocol.OIP_GRPC, Selector.VERSION, ErrorCode.INVALID_ARGUMENT, 1);
    metrics.unknown().refused(Protocol.TFS_REST, Selector.DEFAULT, ErrorCode.NOT_FOUND);
    assertThat(exposed())
        .contains(
            requests("half", "7", "tfs-rest", "default", "OK", "ok") + " 2.0",
            requests("half", "8", "tfs-rest", "default", "OK", "ok") + " 1.0",
            requests("half", "7", "oip-grpc", "version", "INVALID_ARGUMENT", "client_error")
                + " 1.0",
            requests("_unknown", "", "tfs-rest", "default", "NOT_FOUND", "client_error") + " 1.0");
  }

  private static String requests(String... labels) {
    return ("mlserve_requests_total{model=\"%s\",version=\"%s\",protocol=\"%s\",selector=\"%s\","
            + "code=\"%s\",outcome=\"%s\",}")
        .formatted((Object[]) labels);
  }

  @Test
  void durationsAreInSecondsAndInTheirBuckets() {
    answered(7, 20);
    answered(7, 300);
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
    VersionCounters counters = metrics.introduce(HALF, 7);
    counters.entered(Selector.LABEL);
    counters.entered(Selector.LABEL);
    counters.left();
    assertThat(exposed()).contains("mlserve_inflight_requests{model=\"half\",version=\"7\",} 1.0");
  }

  @Test
  void requestsThatWaitGoUpAndDown() {
    metrics.admitted();
    metrics.admitted();
    metrics.begun();
    assertThat(exposed()).contains("mlserve_queue_length 1.0");
  }

  @Test
  void loadsAreCountedByResultAndTimedWhenTheySucceed() {
    metrics.introduce(HALF);
    assertThat(exposed())
        .contains(
            "mlserve_model_reloads_total{model=\"half\",result=\"ok\",} 0.0",
            "mlserve_model_reloads_total{model=\"half\",result=\"error\",} 0.0",
            "mlserve_model_versions_closed_total{model=\"half\",} 0.0");
    metrics.life().loaded(HALF, 7, false, new LifeMetrics.Loaded(Duration.ofMillis(1500), 200, ""));
    metrics.life().loadFailed(HALF, true);
    metrics.life().closed(HALF, 7, false);
    assertThat(exposed())
        .contains(
            "mlserve_model_loads_total{model=\"half\",result=\"ok\",} 1.0",
            "mlserve_model_loads_total{model=\"half\",result=\"error\",} 1.0",
            "mlserve_model_reloads_total{model=\"half\",result=\"ok\",} 0.0",
            "mlserve_model_reloads_total{model=\"half\",result=\"error\",} 1.0",
            "mlserve_model_load_duration_seconds{model=\"half\",version=\"7\",} 1.5",
            "mlserve_model_versions_closed_total{model=\"half\",} 1.0")
        .doesNotContain("mlserve_model_load_duration_seconds{model=\"half\",version=\"8\"");
  }

  @Test
  void versionIsInOneStateAtATime() {
    metrics.life().state(HALF, 7, "LOADING");
    metrics.life().state(HALF, 7, "AVAILABLE");
    assertThat(exposed())
        .contains(
            "mlserve_model_state{model=\"half\",version=\"7\",state=\"LOADING\",} 0.0",
            "mlserve_model_state{model=\"half\",version=\"7\",state=\"AVAILABLE\",} 1.0");
  }

  @Test
  void dashboardsOfOtherServersFindTheirNames() {
    metrics.alsoAs(EnumSet.allOf(ForeignNames.class));
    VersionCounters counters = metrics.introduce(HALF, 7);
    counters.executed(3, 4, 2_000_000);
    counters.answered(Protocol.TFS_REST, Selector.DEFAULT, 5_000_000);
    counters.failed(Protocol.TFS_REST, Selector.DEFAULT, ErrorCode.INTERNAL, 1_000_000);
    counters.refused(Protocol.TFS_REST, Selector.DEFAULT, ErrorCode.RESOURCE_EXHAUSTED);
    String version = "{model=\"half\",version=\"7\",} ";
    assertThat(exposed())
        .contains(
            ":tensorflow:serving:model_call_count{model_name=\"half\",model_version=\"7\",} 3.0",
            ":tensorflow:serving:request_count{model_name=\"half\",status=\"OK\",} 1.0",
            ":tensorflow:serving:request_latency_count{model_name=\"half\",API=\"Predict\",",
            ":tensorflow:serving:request_latency_sum{model_name=\"half\",API=\"Predict\",",
            "nv_inference_request_success" + version + "1.0",
            "nv_inference_request_failure" + version + "2.0",
            "nv_inference_count" + version + "3.0",
            "nv_inference_exec_count" + version + "1.0",
            "nv_inference_request_duration_us" + version + "6000.0",
            "nv_inference_compute_infer_duration_us" + version + "2000.0",
            "pd_query_request_success_total" + version + "1.0",
            "pd_query_request_duration_us_total" + version + "6000.0",
            "seldon_api_executor_server_requests_seconds_count{model_name=\"half\"",
            "seldon_model_infer_total{model_name=\"half\",model_version=\"7\",code=\"200\",} 1.0");
    assertThat(metrics.expose(Optional.of("application/openmetrics-text")).text())
        .contains("seldon_model_infer_total{")
        .endsWith("# EOF\n");
  }

  @Test
  void everySeriesHasTheExtraLabels() {
    metrics.introduce(HALF, 7);
    metrics.label(Map.of("cluster", "blue", "zone", "a"));
    assertThat(exposed().lines().filter(line -> !line.startsWith("#")))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).contains("{cluster=\"blue\",zone=\"a\","));
  }

  @Test
  void versionGoesFromTheMetricsWhenItIsLongGone() {
    ServingMetrics forgetful = new ServingMetrics(java.time.Clock.systemUTC(), Duration.ZERO);
    forgetful.introduce(HALF, 7);
    forgetful.life().state(HALF, 7, "AVAILABLE");
    forgetful
        .life()
        .loaded(HALF, 7, false, new LifeMetrics.Loaded(Duration.ofMillis(15), 200, "ab"));
    String before = forgetful.expose(Optional.empty()).text();
    assertThat(before)
        .contains(
            "mlserve_model_info{model=\"half\",version=\"7\",digest=\"ab\",provider=\"cpu\",}");
    forgetful.life().state(HALF, 7, "END");
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(forgetful.expose(Optional.empty()).text())
                    .doesNotContain("version=\"7\""));
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
