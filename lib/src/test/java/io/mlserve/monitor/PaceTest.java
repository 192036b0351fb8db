package io.mlserve.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.change.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final Pace pace =
      new Pace(
          Duration.ofSeconds(10), 0.1, new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5)));

  @Test
  void intervalVariesByTheJitterBothWays() {
    assertThat(pace.sleep(0, 0)).isEqualTo(Duration.ofSeconds(9));
    assertThat(pace.sleep(0, 0.5)).isEqualTo(Duration.ofSeconds(10));
    assertThat(pace.sleep(0, 0.999)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
  }

  @Test
  void firstFailuresDoNotMakeItFaster() {
    assertThat(pace.sleep(1, 0.5)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void longOutageMakesItSlowerUpToALimit() {
    assertThat(pace.sleep(6, 0.5)).isEqualTo(Duration.ofSeconds(32));
    assertThat(pace.sleep(1000, 0.5)).isEqualTo(Duration.ofMinutes(5));
  }
}
