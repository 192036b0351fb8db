package io.mlserve.bench.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.bench.verdict.MaxSearch.Step;
import java.util.function.DoublePredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaxSearchTest {
  private static final double CAPACITY = 500;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void findsTheCapacityOfAQueueInTwelveRuns(long seed) {
    VirtualServer server = new VirtualServer(CAPACITY, seed);
    Slo slo = Slo.parse("p99<250ms");
    MaxSearch search = new MaxSearch(100, 1e6);

    Step end = search(search, rate -> slo.looksMet(server.run(rate, 20)));

    assertThat(end).isInstanceOf(Step.Found.class);
    assertThat(((Step.Found) end).rate()).isBetween(CAPACITY * 0.95, CAPACITY * 1.05);
    assertThat(search.tried()).hasSizeLessThanOrEqualTo(12);
    assertThat(search.tried().get(search.tried().size() - 1).confirmation()).isTrue();
  }

  @Test
  void goesDownWhenTheFirstRateIsTooHigh() {
    MaxSearch search = new MaxSearch(100, 1e6);

    Step end = search(search, rate -> rate <= 3.3);

    assertThat(end).isInstanceOf(Step.Found.class);
    assertThat(((Step.Found) end).rate()).isBetween(3.1, 3.3);
  }

  @Test
  void saysThatNothingHolds() {
    Step end = search(new MaxSearch(100, 1e6), rate -> false);

    assertThat(end).isInstanceOf(Step.NotFound.class);
  }

  @Test
  void stopsAtTheHighestRateAllowed() {
    Step end = search(new MaxSearch(100, 300), rate -> true);

    assertThat(end).isEqualTo(new Step.Found(300, false));
  }

  @Test
  void lowersTheRateWhenTheFullRunDoesNotConfirmIt() {
    MaxSearch search = new MaxSearch(100, 1e6);
    Step step = search.next();
    while (step instanceof Step.Probe probe) {
      search.observe(probe.rate() <= 500);
      step = search.next();
    }
    double first = ((Step.Confirm) step).rate();
    search.observe(false);
    double second = ((Step.Confirm) search.next()).rate();
    search.observe(true);

    assertThat(second).isBetween(first * 0.94, first * 0.96);
    assertThat(search.next()).isEqualTo(new Step.Found(second, true));
  }

  @Test
  void givesUpOnAServerThatIsNotSteady() {
    MaxSearch search = new MaxSearch(100, 1e6);
    Step step = search.next();
    while (!(step instanceof Step.Found) && !(step instanceof Step.NotFound)) {
      search.observe(step instanceof Step.Probe probe && probe.rate() <= 500);
      step = search.next();
    }

    assertThat(step).isInstanceOf(Step.NotFound.class);
  }

  private static Step search(MaxSearch search, DoublePredicate holds) {
    Step step = search.next();
    for (int runs = 0; runs < 100; runs++) {
      if (step instanceof Step.Probe probe) {
        search.observe(holds.test(probe.rate()));
      } else if (step instanceof Step.Confirm confirm) {
        search.observe(holds.test(confirm.rate()));
      } else {
        return step;
      }
      step = search.next();
    }
    throw new AssertionError("no end after 100 runs");
  }
}
