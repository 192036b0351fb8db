package io.mlserve.bench.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.ResultJson;
import io.mlserve.bench.result.SampleResults;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class HtmlReportTest {
  @Test
  void sameJsonGivesTheSameBytes() {
    byte[] json = ResultJson.write(SampleResults.stalled()).getBytes(StandardCharsets.UTF_8);

    String first = HtmlReport.of(ResultJson.read("r.json", json));
    String second = HtmlReport.of(ResultJson.read("r.json", json));

    assertThat(second).isEqualTo(first);
  }

  @Test
  void pageNeedsNothingButItself() {
    for (BenchResult result : List.of(SampleResults.stalled(), SampleResults.sweep())) {
      String page = HtmlReport.of(result);

      assertThat(page).doesNotContain("<script", "<link", "<img", "src=", "@import", "url(");
      assertThat(page).doesNotContainPattern("<a\\s");
      assertThat(page.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(1_000_000);
    }
  }

  @Test
  void stallIsSaidInOneSentenceAndMarkedInTime() {
    String page = HtmlReport.of(SampleResults.stalled());

    assertThat(page).contains("One client in a hundred waited <b>1").contains("badge fail");
    assertThat(page).contains("class=\"event-name\"").contains("reload resnet50");
    assertThat(HtmlReport.of(SampleResults.calm()))
        .doesNotContain("One client in a hundred")
        .contains("baseline before.json")
        .contains("no difference shown");
  }

  @Test
  void sweepShowsRateAgainstLatencyWithItsLimit() {
    String page = HtmlReport.of(SampleResults.sweep());

    assertThat(page).contains("<h2>Rate and latency</h2>").contains("class=\"limit-name\"");
    assertThat(page).contains("698/s confirmed");
  }

  @Test
  void textOfOthersIsHarmless() {
    String page = HtmlReport.of(SampleResults.stalled());

    assertThat(page).contains("&lt;busy&gt; &amp; &quot;gone&quot;").doesNotContain("<b>main</b>");
  }

  @Test
  void picturesAreWellFormedAndSpeak() throws Exception {
    Matcher svg =
        Pattern.compile("<svg.*?</svg>", Pattern.DOTALL)
            .matcher(HtmlReport.of(SampleResults.stalled()));
    int count = 0;
    while (svg.find()) {
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(svg.group())));
      assertThat(svg.group()).contains("role=\"img\"").contains("aria-label=\"");
      assertThat(svg.group()).doesNotContain("NaN", "Infinity");
      count++;
    }
    assertThat(count).isEqualTo(6); // time, percentiles, heat map; wide and narrow
  }

  @Test
  void severalResultsShareOnePage() {
    String page =
        HtmlReport.of(
            List.of(
                new HtmlReport.Named("a.json", SampleResults.calm()),
                new HtmlReport.Named("b.json", SampleResults.stalled())));

    assertThat(page).contains("2 results").contains("a.json: poisson 400/s");
  }
}
