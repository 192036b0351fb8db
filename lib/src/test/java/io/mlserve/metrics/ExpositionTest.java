package io.mlserve.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
  @Test
  void exampleOfTheFormatsOwnDocumentIsReadWhole() {
    Exposition scrape =
        Exposition.parse(
            """
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400"}    3 1395066363000

            # Escaping in label values:
            msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

            # Minimalistic line:
            metric_without_timestamp_and_labels 12.47

            # A weird metric from before the epoch:
            something_weird{problem="division by zero"} +Inf -3982045

            # HELP http_request_duration_seconds A histogram of the request duration.
            # TYPE http_request_duration_seconds histogram
            http_request_duration_seconds_bucket{le="0.05"} 24054
            http_request_duration_seconds_bucket{le="+Inf"} 144320
            http_request_duration_seconds_sum 53423
            http_request_duration_seconds_count 144320
            """);

    assertThat(scrape.families())
        .extracting(MetricFamily::name, MetricFamily::type)
        .containsExactly(
            tuple("http_requests_total", "counter"),
            tuple("msdos_file_access_time_seconds", "untyped"),
            tuple("metric_without_timestamp_and_labels", "untyped"),
            tuple("something_weird", "untyped"),
            tuple("http_request_duration_seconds", "histogram"));
    assertThat(scrape.families().get(0).samples().get(0))
        .isEqualTo(
            new Sample(
                "http_requests_total",
                Map.of("method", "post", "code", "200"),
                1027,
                OptionalLong.of(1395066363000L)));
    assertThat(scrape.families().get(1).samples().get(0).labels())
        .containsEntry("path", "C:\\DIR\\FILE.TXT")
        .containsEntry("error", "Cannot find file:\n\"FILE.TXT\"");
    assertThat(scrape.families().get(3).samples().get(0).value())
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(scrape.families().get(4).samples()).hasSize(4);
  }

  @Test
  void helpUnescapesBackslashAndNewline() {
    Exposition scrape = Exposition.parse("# HELP x a\\\\nb\\nc\n# TYPE x gauge\nx NaN\n");

    assertThat(scrape.families().get(0).help()).isEqualTo("a\\nb\nc");
    assertThat(scrape.samples("x").findFirst().orElseThrow().value()).isNaN();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x{} 1",
        "x{a=\"1\",} 1",
        "x { a = \"1\" } 1",
        "\tx 1",
        "x{a=\"}{,\"} 1e-3",
        "x:y_1 .5",
        "x 1."
      })
  void formsThatTheFormatAllows(String line) {
    assertThat(Exposition.parse(line).families()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>",
        "{\"a\": 1}",
        "x",
        "x ",
        "x one",
        "x 1d",
        "x 1 2 3",
        "x 1 1.5",
        "1x 1",
        "x{a=\"1\" 1",
        "x{a=1} 1",
        "x{a=\"1\"b=\"2\"} 1",
        "x{a=\"\\x\"} 1",
        "x{a=\"1\",a=\"2\"} 1",
        "x{a:b=\"1\"} 1",
        "x{a=\"1} 1"
      })
  void anythingElseIsRefusedWithItsLine(String line) {
    assertThatThrownBy(() -> Exposition.parse("good 1\n" + line + "\n"))
        .isInstanceOfSatisfying(
            MlserveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_LOSS))
        .hasMessageStartingWith("line 2: ")
        .hasMessageEndingWith("'" + line + "' (expected: metrics in Prometheus' text format)");
  }
}
