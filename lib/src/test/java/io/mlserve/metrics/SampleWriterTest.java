package io.mlserve.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampleWriterTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final SampleWriter out = new SampleWriter(bytes, false);
  private final Snippet name = new Snippet("x{");

  private String written() throws IOException {
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private void sample(double value) throws IOException {
    out.sample(name, new Snippet("a=\"b\""), value);
  }

  @Test
  void valuesAreWrittenAsPrometheusReadsThem() throws IOException {
    double[] values = {
      0,
      1,
      -5,
      10,
      1234567,
      1e9,
      0x1p53 + 2,
      1e300,
      0.1,
      -2.5,
      1.7e9 + 0.123,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    for (double value : values) {
      sample(value);
    }
    out.sample(name, new Snippet("a=\"b\""), Snippet.NONE, Long.MAX_VALUE);
    assertThat(Exposition.parse(written()).samples("x").map(Sample::value))
        .containsExactly(
            0.0,
            1.0,
            -5.0,
            10.0,
            1234567.0,
            1e9,
            0x1p53 + 2,
            1e300,
            0.1,
            -2.5,
            1.7e9 + 0.123,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            0x1p63);
    assertThat(written()).startsWith("x{a=\"b\",} 0.0\n").endsWith(" 9223372036854775807.0\n");
  }

  @Test
  void labelsAreEscaped() throws IOException {
    out.sample(name, new Snippet(Snippet.label("a", "1\"2\\3\n4 é")), 1);
    assertThat(Exposition.parse(written()).samples("x").findFirst().orElseThrow().labels())
        .isEqualTo(Map.of("a", "1\"2\\3\n4 é"));
  }

  @Test
  void nothingIsLostBetweenPieces() throws IOException {
    String large = "# " + "c".repeat(100_000) + "\n";
    for (int i = 0; i < 20_000; i++) {
      sample(i);
      if (i == 10_000) {
        out.put(large);
      }
    }
    String text = written();
    assertThat(text).contains(large);
    assertThat(Exposition.parse(text).samples("x").map(Sample::value))
        .hasSize(20_000)
        .startsWith(0.0, 1.0)
        .endsWith(19_998.0, 19_999.0);
  }

  @Test
  void countersOfOpenMetricsAreCalledWithoutTheirEnding() throws IOException {
    SampleWriter open = new SampleWriter(bytes, true);
    open.family("x_total", MetricType.COUNTER, "Some.");
    open.sample(new Snippet("x_total{"), new Snippet("a=\"b\""), 3);
    open.flush();
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo("# TYPE x counter\n# HELP x Some.\nx_total{a=\"b\"} 3.0\n");
  }
}
