package io.mlserve.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;

class VersionPolicyTest {
  private static final Set<Long> LISTED = Set.of(7L, 9L, 10L, 123L);

  @Test
  void latestCountsFromTheNewest() {
    assertThat(VersionPolicy.NEWEST.wanted(LISTED)).containsExactly(123L);
    assertThat(new VersionPolicy.Latest(3).wanted(LISTED)).containsExactly(123L, 10L, 9L);
    assertThat(new VersionPolicy.Latest(9).wanted(LISTED)).hasSize(4);
    assertThat(VersionPolicy.NEWEST.wanted(Set.of())).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> new VersionPolicy.Latest(0));
  }

  @Test
  void allTakesAll() {
    assertThat(new VersionPolicy.All().wanted(LISTED)).containsExactly(123L, 10L, 9L, 7L);
  }

  @Test
  void specificTakesWhatLiesThereOfWhatItNames() {
    VersionPolicy policy = new VersionPolicy.Specific(Set.of(8L, 9L, 10L));
    assertThat(policy.wanted(LISTED)).containsExactly(10L, 9L);
    assertThat(policy.allowsOthers()).isFalse();
    assertThat(policy).hasToString("specific 8, 9, 10");
  }
}
