package io.mlserve.bench.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.bench.Confidence;
import io.mlserve.error.MlserveException;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SloTest {
  private record Run(long sent, long failed, double ratePerSecond, Histogram latency, Histogram own)
      implements Measured {
    @Override
    public AbstractHistogram histogram(Metric.Source source) {
      return source == Metric.Source.SERVICE ? own : latency;
    }
  }

  /** So many answers within 5 ms, so many after 100 ms, so many not at all. */
  private static Run run(long fast, long slow, long failed) {
    Histogram latency = new Histogram(3);
    Histogram service = new Histogram(3);
    if (fast > 0) {
      latency.recordValueWithCount(5_000_000, fast);
    }
    if (slow > 0) {
      latency.recordValueWithCount(100_000_000, slow);
    }
    service.recordValueWithCount(5_000_000, Math.max(1, fast + slow));
    return new Run(fast + slow + failed, failed, 123.4, latency, service);
  }

  @ParameterizedTest
  @CsvSource({
    "p99<20ms, 459, 0, 0, PASS", // the fewest that say anything about a p99
    "p99<20ms, 458, 0, 0, NOT_ENOUGH",
    "p99<20ms, 661, 1, 0, PASS",
    "p99<20ms, 660, 1, 0, NOT_ENOUGH",
    "p99<20ms, 990, 10, 0, NOT_ENOUGH", // as it should be, but by chance perhaps
    "p99<20ms, 989, 11, 0, FAIL",
    "p99<20ms, 989, 0, 11, FAIL", // a failed request has no good latency
    "p99<20ms, 9, 1, 0, NOT_ENOUGH",
    "p99<20ms, 0, 10, 0, FAIL", // ten of ten are no chance
    "p99<20ms, 0, 0, 0, NOT_ENOUGH",
    "p99.9<20ms, 4603, 0, 0, PASS",
    "p99.9<20ms, 4602, 0, 0, NOT_ENOUGH",
    "p50<5.1ms, 1000, 100, 0, PASS",
    "service.p99<20ms, 10, 1000, 0, PASS",
    "max<20ms, 10, 0, 0, PASS",
    "max<20ms, 1000, 1, 0, FAIL",
    "mean<20ms, 1000, 1, 0, PASS",
    "errors<0.1%, 4603, 0, 0, PASS",
    "errors<0.1%, 1000, 0, 0, NOT_ENOUGH",
    "errors<0.001, 1000, 0, 2, NOT_ENOUGH", // one time in four by chance
    "errors<0.001, 1000, 0, 5, FAIL",
    "errors<=0, 10, 0, 0, PASS", // no number of requests proves none, so it is about this run
    "errors<=0%, 10, 0, 1, FAIL",
    "rate>100/s, 10, 0, 0, PASS",
    "rate>200, 10, 0, 0, FAIL"
  })
  void verdictCarriesItsConfidence(String slo, long fast, long slow, long failed, Verdict verdict) {
    SloVerdict judged = Slo.parse(slo).judge(run(fast, slow, failed), Confidence.STANDARD);

    assertThat(judged.verdict()).as(judged.basis()).isEqualTo(verdict);
  }

  @Test
  void basisSaysHowManyWereOverAndHowManyItTakes() {
    SloVerdict judged = Slo.parse("p99<20ms").judge(run(11_923, 80, 0), Confidence.STANDARD);

    assertThat(judged.verdict()).isEqualTo(Verdict.PASS);
    assertThat(judged.basis()).isEqualTo("99 % confidence: 80 over of 12 003, 10 328 needed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "p99<20 | 'p99<20' (expected: a unit: us, ms or s, as in p99<20ms)",
        "p99>20ms | 'p99>20ms' (expected: p99<LIMIT)",
        "rate<5 | 'rate<5' (expected: rate>LIMIT)",
        "q99<20ms | 'q99' (expected: p50, p99, p99.9 or another percentile, max, mean,",
        "p0<20ms | 'p0' (expected: p50",
        "p100<20ms | 'p100' (expected: p50",
        "errors<100% | 'errors<100%' (expected: less than 100%)",
        "errors<1ms | 'errors<1ms' (expected: errors<0.1%)",
        "p99<0ms | 'p99<0ms' (expected: a limit above zero)",
        "fast | 'fast' (expected: METRIC<LIMIT such as p99<20ms, errors<0.1%, rate>500/s,"
      })
  void badObjectiveIsQuotedWithWhatIsExpected(String text, String message) {
    assertThatThrownBy(() -> Slo.parse(text))
        .isInstanceOf(MlserveException.class)
        .hasMessageContaining(message);
  }
}
