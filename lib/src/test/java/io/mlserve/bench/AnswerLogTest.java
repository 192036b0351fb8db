package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerLogTest {
  private static final Expectations TWO =
      new Expectations(
          List.of(
              new Expectation("v1", List.of(new RightAnswer.Document(new JsonValue.Text("1")))),
              new Expectation("v2", List.of(new RightAnswer.Document(new JsonValue.Text("2"))))),
          Tolerance.EXACT);

  private final List<AnswerChange> heard = new ArrayList<>();
  private final AnswerLog log = new AnswerLog(TWO, heard::add);

  @Test
  void lateAnswerOfTheOldVersionIsNoChangeBack() {
    log.matched(0, 0, 10);
    log.matched(1, 20, 30); // the swap, seen first on another connection
    log.matched(0, 25, 40); // asked for before it was seen
    log.matched(1, 41, 50);

    assertThat(log.changes())
        .containsExactly(
            new AnswerChange(10, Optional.empty(), "v1"),
            new AnswerChange(30, Optional.of("v1"), "v2"));
    assertThat(heard).isEqualTo(log.changes());
  }

  @Test
  void answerOfTheOldVersionToALaterRequestIsAChangeBack() {
    log.matched(0, 0, 10);
    log.matched(1, 20, 30);
    log.matched(0, 31, 40);

    assertThat(log.changes()).hasSize(3);
    assertThat(log.changes().get(2)).isEqualTo(new AnswerChange(40, Optional.of("v2"), "v1"));
  }
}
