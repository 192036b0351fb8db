package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeneratedInputsTest {
  private static final InputSpec ROWS = new InputSpec("x", "DT_FLOAT", List.of(-1L, 3L));

  @Test
  void zerosHaveTheShapeOfTheSignature() {
    GeneratedInputs inputs =
        new GeneratedInputs(
            List.of(
                ROWS,
                new InputSpec("ids", "DT_INT64", List.of(-1L, -1L)),
                new InputSpec("text", "DT_STRING", List.of(-1L)),
                new InputSpec("flag", "DT_BOOL", List.of(-1L))),
            2);

    assertThat(text(inputs.zeros()))
        .containsExactly(
            "{\"inputs\":{\"x\":[[0.0,0.0,0.0],[0.0,0.0,0.0]],\"ids\":[[0],[0]],"
                + "\"text\":[\"\",\"\"],\"flag\":[false,false]}}");
  }

  @Test
  void sameSeedGivesTheSameBodiesAndAnotherSeedOthers() {
    GeneratedInputs inputs = new GeneratedInputs(List.of(ROWS), 1);

    assertThat(text(inputs.random(42))).isEqualTo(text(inputs.random(42))).hasSize(16);
    assertThat(text(inputs.random(43))).isNotEqualTo(text(inputs.random(42)));
    assertThat(text(inputs.random(42))).doesNotHaveDuplicates();
  }

  @Test
  void scalarTakesNoBatch() {
    InputSpec scalar = new InputSpec("x", "DT_FLOAT", List.of());

    assertThat(text(new GeneratedInputs(List.of(scalar), 1).zeros()))
        .containsExactly("{\"inputs\":{\"x\":0.0}}");
    assertThatThrownBy(() -> new GeneratedInputs(List.of(scalar), 2))
        .hasMessageStartingWith("batch of 2: input 'x' has the shape []");
  }

  @Test
  void typeThatJsonCannotCarryIsRefused() {
    InputSpec complex = new InputSpec("x", "DT_COMPLEX64", List.of(1L));

    assertThatThrownBy(() -> new GeneratedInputs(List.of(complex), 1).zeros())
        .hasMessageContaining("DT_COMPLEX64");
  }

  private static List<String> text(List<byte[]> bodies) {
    return bodies.stream().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).toList();
  }
}
