package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeneratedInputsTest {
  private static final TensorSpec ROWS =
      new TensorSpec("x", ElementType.FLOAT, Shape.of(Shape.ANY, 3));
  private static final Dialect TFS =
      Dialect.of(Target.parse("http://127.0.0.1:1", "m", OptionalLong.empty()));

  @Test
  void zerosFitTheSignatureInTheirOrderAndBatch() {
    GeneratedInputs inputs =
        inputs(
            2,
            ROWS,
            new TensorSpec("ids", ElementType.INT64, Shape.of(-1, -1)),
            new TensorSpec("text", ElementType.STRING, Shape.of(-1)),
            new TensorSpec("flag", ElementType.BOOL, Shape.of(-1)));

    assertThat(text(inputs.zeros()))
        .containsExactly(
            "{\"inputs\":{\"x\":[[0.0,0.0,0.0],[0.0,0.0,0.0]],\"ids\":[[0],[0]],"
                + "\"text\":[\"\",\"\"],\"flag\":[false,false]}}");
  }

  @Test
  void sameSeedGivesTheSameInputsAndAnotherSeedOthers() {
    GeneratedInputs inputs = inputs(1, ROWS);

    assertThat(text(inputs.random(42))).isEqualTo(text(inputs.random(42))).hasSize(16);
    assertThat(text(inputs.random(43))).isNotEqualTo(text(inputs.random(42)));
    assertThat(text(inputs.random(42))).doesNotHaveDuplicates();
  }

  @Test
  void scalarTakesNoBatch() {
    TensorSpec scalar = new TensorSpec("x", ElementType.FLOAT, Shape.SCALAR);

    assertThat(text(inputs(1, scalar).zeros())).containsExactly("{\"inputs\":{\"x\":0.0}}");
    assertThatThrownBy(() -> inputs(2, scalar))
        .hasMessageStartingWith("batch of 2: input 'x' has the shape []");
  }

  @Test
  void shapeThatIsGivenIsTakenIfTheModelTakesIt() {
    GeneratedInputs inputs = new GeneratedInputs(List.of(ROWS), 1, Map.of("x", Shape.of(1, 3)));

    assertThat(text(inputs.zeros())).containsExactly("{\"inputs\":{\"x\":[[0.0,0.0,0.0]]}}");
    assertThatThrownBy(() -> new GeneratedInputs(List.of(ROWS), 1, Map.of("x", Shape.of(1, 4))))
        .hasMessage("shape [1, 4] of 'x' (expected: [-1, 3])");
    assertThatThrownBy(() -> new GeneratedInputs(List.of(ROWS), 1, Map.of("y", Shape.of(1))))
        .hasMessage("shape of 'y' (expected: one of [x])");
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void everyTypeCanBeMadeUp(ElementType type) {
    GeneratedInputs inputs = inputs(4, new TensorSpec("x", type, Shape.of(-1, 2)));

    for (List<Input> made : List.of(inputs.zeros(), inputs.random(1))) {
      Tensor tensor = ((Input.Tensors) made.get(0)).values().values().iterator().next();
      assertThat(tensor.type()).isEqualTo(type);
      assertThat(TensorValues.of(tensor).shape()).isEqualTo(Shape.of(4, 2));
      assertThat(
              RightAnswerTest.tensors("x", tensor)
                  .agrees(RightAnswerTest.tensors("x", tensor), Tolerance.EXACT))
          .isTrue();
    }
  }

  private static GeneratedInputs inputs(long batch, TensorSpec... specs) {
    return new GeneratedInputs(List.of(specs), batch, Map.of());
  }

  private static List<String> text(List<Input> inputs) {
    return inputs.stream()
        .map(input -> (Request.Http) TFS.request(((Input.Tensors) input).values()))
        .map(request -> new String(request.body(), StandardCharsets.UTF_8))
        .toList();
  }
}
