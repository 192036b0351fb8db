package io.mlserve.model;

import static io.mlserve.model.ElementType.FLOAT;
import static io.mlserve.model.ElementType.INT64;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SignatureTest {
  private static final TensorSpec X = spec("x", FLOAT, Shape.ANY, 13);
  private static final TensorSpec Y = spec("y", FLOAT, Shape.ANY, 1);
  private static final Signature NOW = of(List.of(X), List.of(Y));

  private static TensorSpec spec(String name, ElementType type, long... dims) {
    return new TensorSpec(name, type, Shape.of(dims));
  }

  private static Signature of(List<TensorSpec> inputs, List<TensorSpec> outputs) {
    return new Signature(inputs, List.copyOf(outputs));
  }

  private static Signature withInput(TensorSpec input) {
    return of(List.of(input), List.of(Y));
  }

  private static Signature withOutput(TensorSpec output) {
    return of(List.of(X), List.of(output));
  }

  @Test
  void sameSignatureSuits() {
    assertThat(NOW.incompatibility(NOW)).isEmpty();
  }

  @Test
  void inputMustStay() {
    assertThat(NOW.incompatibility(withInput(spec("z", FLOAT, Shape.ANY, 13))))
        .hasValue("input 'x' is gone");
  }

  @Test
  void inputMustKeepItsTypeAndRank() {
    assertThat(NOW.incompatibility(withInput(spec("x", INT64, Shape.ANY, 13))))
        .hasValue("input 'x: FLOAT [-1, 13]' became 'x: INT64 [-1, 13]'");
    assertThat(NOW.incompatibility(withInput(spec("x", FLOAT, Shape.ANY)))).isPresent();
    assertThat(NOW.incompatibility(withInput(spec("x", FLOAT, Shape.ANY, 13, 1)))).isPresent();
  }

  @Test
  void inputMayTakeMoreShapesButNotFewer() {
    assertThat(NOW.incompatibility(withInput(spec("x", FLOAT, Shape.ANY, Shape.ANY)))).isEmpty();
    assertThat(NOW.incompatibility(withInput(spec("x", FLOAT, 1, 13)))).isPresent();
    assertThat(NOW.incompatibility(withInput(spec("x", FLOAT, Shape.ANY, 14)))).isPresent();
  }

  @Test
  void newInputWouldBeMissingInOldRequests() {
    Signature more = of(List.of(X, spec("z", FLOAT, 1)), List.of(Y));
    assertThat(NOW.incompatibility(more)).hasValue("input 'z: FLOAT [1]' is new");
  }

  @Test
  void outputMustStayWithItsTypeAndRank() {
    assertThat(NOW.incompatibility(withOutput(spec("z", FLOAT, Shape.ANY, 1))))
        .hasValue("output 'y' is gone");
    assertThat(NOW.incompatibility(withOutput(spec("y", INT64, Shape.ANY, 1)))).isPresent();
    assertThat(NOW.incompatibility(withOutput(spec("y", FLOAT, Shape.ANY)))).isPresent();
    assertThat(NOW.incompatibility(withOutput(spec("y", FLOAT, Shape.ANY, 7)))).isEmpty();
  }

  @Test
  void moreOutputsAreNoHarm() {
    assertThat(NOW.incompatibility(of(List.of(X), List.of(Y, spec("z", FLOAT, 1))))).isEmpty();
  }

  @Test
  void orderIsOfNoImportance() {
    TensorSpec z = spec("z", FLOAT, 1);
    assertThat(of(List.of(X, z), List.of(Y)).incompatibility(of(List.of(z, X), List.of(Y))))
        .isEmpty();
  }

  @Test
  void tensorsAreFoundByName() {
    assertThat(NOW.input("x")).hasValue(X);
    assertThat(NOW.input("y")).isEmpty();
    assertThat(NOW.output("y")).hasValue(Y);
    assertThat(NOW.output("x")).isEmpty();
  }
}
