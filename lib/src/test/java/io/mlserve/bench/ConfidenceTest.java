package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfidenceTest {
  @ParameterizedTest
  @CsvSource({
    "0.90, 44, 64, 81, 127, 197, 681",
    "0.95, 90, 130, 165, 259, 398, 1372",
    "0.99, 459, 662, 838, 1307, 2010, 6898",
    "0.999, 4603, 6636, 8403, 13105, 20140, 69058"
  })
  void tableOfMlperfsEarlyStoppingComesOut(
      double quantile, long t0, long t1, long t2, long t5, long t10, long t50) {
    assertThat(Confidence.STANDARD.requestsNeeded(quantile, 0)).isEqualTo(t0);
    assertThat(Confidence.STANDARD.requestsNeeded(quantile, 1)).isEqualTo(t1);
    assertThat(Confidence.STANDARD.requestsNeeded(quantile, 2)).isEqualTo(t2);
    assertThat(Confidence.STANDARD.requestsNeeded(quantile, 5)).isEqualTo(t5);
    assertThat(Confidence.STANDARD.requestsNeeded(quantile, 10)).isEqualTo(t10);
    assertThat(Confidence.STANDARD.requestsNeeded(quantile, 50)).isEqualTo(t50);
  }

  @ParameterizedTest
  @CsvSource({"0.99, 458, -1", "0.99, 459, 0", "0.99, 661, 0", "0.99, 662, 1", "0.999, 69058, 50"})
  void mostOverIsTheOtherWayRound(double quantile, long requests, long over) {
    assertThat(Confidence.STANDARD.mostOver(quantile, requests)).isEqualTo(over);
  }
}
