package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class PercentilesTest {
  @Test
  void figuresOfAKnownDistributionAreRightToThreeDigits() {
    Percentiles figures = Percentiles.of(microseconds(10_000), Confidence.STANDARD);

    assertThat(figures.count()).isEqualTo(10_000);
    assertThat(figures.at(0.5).nanos()).isCloseTo(5_000_000, within(5_000L));
    assertThat(figures.at(0.9).nanos()).isCloseTo(9_000_000, within(9_000L));
    assertThat(figures.at(0.95).nanos()).isCloseTo(9_500_000, within(9_500L));
    assertThat(figures.at(0.99).nanos()).isCloseTo(9_900_000, within(9_900L));
    assertThat(figures.at(0.999).nanos()).isCloseTo(9_990_000, within(9_990L));
    assertThat(figures.maxNanos()).isCloseTo(10_000_000, within(10_000L));
    assertThat(figures.meanNanos()).isCloseTo(5_000_500, within(5_000.0));
  }

  @Test
  void percentileOfTooFewRequestsIsMarked() {
    Percentiles figures = Percentiles.of(microseconds(459), Confidence.STANDARD);

    assertThat(figures.at(0.99).isSupported()).isTrue();
    assertThat(figures.at(0.999).isSupported()).isFalse();
    assertThat(figures.at(0.999).requestsNeeded()).isEqualTo(4603);
  }

  @Test
  void upperBoundOfTheSmallestSampleIsItsSlowestRequest() {
    Percentiles figures = Percentiles.of(microseconds(459), Confidence.STANDARD);

    assertThat(figures.at(0.99).upperNanos().orElseThrow()).isEqualTo(figures.maxNanos());
  }

  @Test
  void upperBoundLiesAboveTheFigureAndBelowTheSlowest() {
    Percentiles figures = Percentiles.of(microseconds(10_000), Confidence.STANDARD);

    assertThat(figures.at(0.99).upperNanos().orElseThrow())
        .isGreaterThan(figures.at(0.99).nanos())
        .isLessThan(figures.maxNanos());
  }

  @Test
  void nothingMeasuredGivesZerosAndMarks() {
    Percentiles figures = Percentiles.of(new Histogram(3), Confidence.STANDARD);

    assertThat(figures.count()).isZero();
    assertThat(figures.figures()).allMatch(figure -> figure.nanos() == 0 && !figure.isSupported());
  }

  @Test
  void namesAreThoseOfTheTrade() {
    assertThat(Percentiles.of(microseconds(1), Confidence.STANDARD).figures())
        .extracting(Percentiles.Figure::name)
        .containsExactly("p50", "p90", "p95", "p99", "p99.9");
  }

  // 1, 2, ... n microseconds, once each
  private static Histogram microseconds(int n) {
    Histogram nanos = new Histogram(3);
    for (int i = 1; i <= n; i++) {
      nanos.recordValue(i * 1_000L);
    }
    return nanos;
  }
}
