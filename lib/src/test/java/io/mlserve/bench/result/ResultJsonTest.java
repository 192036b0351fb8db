package io.mlserve.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.MlserveException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultJsonTest {
  static java.util.stream.Stream<BenchResult> results() {
    return java.util.stream.Stream.of(
        SampleResults.stalled(), SampleResults.calm(), SampleResults.sweep());
  }

  @ParameterizedTest
  @MethodSource("results")
  void whatIsReadBackIsWrittenTheSame(BenchResult result) {
    String json = ResultJson.write(result);

    BenchResult read = ResultJson.read("r.json", json.getBytes(StandardCharsets.UTF_8));

    assertThat(ResultJson.write(read)).isEqualTo(json);
    assertThat(read.findings().points()).isEqualTo(result.findings().points());
    assertThat(read.findings().max()).isEqualTo(result.findings().max());
    assertThat(read.findings().labels()).isEqualTo(result.findings().labels());
    assertThat(read.run().load()).isEqualTo(result.run().load());
    assertThat(read.run().points().get(0).schedule())
        .isEqualTo(result.run().points().get(0).schedule());
  }

  @ParameterizedTest
  @MethodSource("results")
  void documentsFollowThePublishedSchema(BenchResult result) {
    assertThat(Schema.published().violations(ResultJson.write(result))).isEmpty();
  }

  @Test
  void schemaFindsWhatIsWrong() {
    String json = ResultJson.write(SampleResults.calm());

    assertThat(Schema.published().violations(json.replace("\"sent\" :", "\"send\" :")))
        .anyMatch(violation -> violation.contains("sent"));
    assertThat(
            Schema.published()
                .violations(json.replace("\"exit_code\" : 0", "\"exit_code\" : \"0\"")))
        .containsExactly("$.exit_code: not integer");
    assertThat(
            Schema.published()
                .violations(json.replaceFirst("\"verdict\" : \"pass\"", "\"verdict\" : \"so\"")))
        .hasSize(1);
  }

  @Test
  void figuresThatScriptsLookForAreWhereTheyWere() {
    String json = ResultJson.write(SampleResults.stalled()).replaceAll("\\s+", " ");

    assertThat(json).startsWith("{ \"schema_version\" : 1,");
    assertThat(json).contains("\"sent\" : 12003, \"ok\" : 12000, \"failed\" : 3, \"wrong\" : 0");
    assertThat(json).contains("\"errors\" : { \"http-503\" : 3 }");
    assertThat(json).contains("\"expr\" : \"p99<20ms\", \"verdict\" : \"fail\", \"value_ms\" : 12");
    assertThat(json).contains("\"verdict\" : \"fail\", \"partial\" : false, \"reasons\" : [");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "[]", "{\"schema_version\": 2}", "{\"schema_version\": 1}", "nonsense"})
  void otherDocumentsAreRefusedByName(String text) {
    assertThatThrownBy(() -> ResultJson.read("r.json", text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(MlserveException.class)
        .hasMessageStartingWith("r.json");
  }

  @Test
  void damageIsSaidWithItsPlace() {
    String json =
        ResultJson.write(SampleResults.calm())
            .replaceFirst("\"latency\" : \"H", "\"latency\" : \"x");

    assertThatThrownBy(() -> ResultJson.read("r.json", json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(MlserveException.class)
        .hasMessage(
            "r.json.points[0].hdr.latency: not a result of mlserve bench (expected: a histogram)");
  }
}
