package io.mlserve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void elementsAreTheProductOfTheDimensions() {
    assertThat(Shape.of(2, 3, 4).elements()).isEqualTo(24);
    assertThat(Shape.of(5, 0).elements()).isZero();
    assertThat(Shape.SCALAR.elements()).isEqualTo(1);
  }

  @Test
  void numberOfElementsThatNoLongHoldsIsNoNumber() {
    assertThatThrownBy(Shape.of(1L << 31, 1L << 31, 4)::elements)
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(Shape.of(Shape.ANY, 2)::elements).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void emptyTensorIsEmptyHoweverLargeItsOtherDimensions() {
    assertThat(Shape.of(1L << 62, 4, 0).elements()).isZero();
    assertThat(Shape.of(0, 1L << 62, 4).elements()).isZero();
  }

  @Test
  void openDimensionTakesAnySizeAndTheOthersTheirs() {
    Shape asked = Shape.of(Shape.ANY, 13);
    assertThat(asked.accepts(Shape.of(1, 13))).isTrue();
    assertThat(asked.accepts(Shape.of(0, 13))).isTrue();
    assertThat(asked.accepts(Shape.of(1, 12))).isFalse();
    assertThat(asked.accepts(Shape.of(13))).isFalse();
    assertThat(asked.accepts(Shape.of(1, 13, 1))).isFalse();
    assertThat(Shape.SCALAR.accepts(Shape.SCALAR)).isTrue();
    assertThat(Shape.SCALAR.accepts(Shape.of(1))).isFalse();
  }

  @Test
  void shapeDoesNotChangeWithTheArraysAroundIt() {
    long[] dims = {1, 2};
    Shape shape = Shape.of(dims);
    dims[0] = 9;
    shape.toArray()[1] = 9;
    assertThat(shape).isEqualTo(Shape.of(1, 2)).hasSameHashCodeAs(Shape.of(1, 2));
    assertThat(shape).isNotEqualTo(Shape.of(2, 1)).hasToString("[1, 2]");
  }
}
