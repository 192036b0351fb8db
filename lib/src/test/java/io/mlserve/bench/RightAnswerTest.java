package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.model.ElementType;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RightAnswerTest {
  private static final Tolerance LOOSE = new Tolerance(0.01, 0);

  @Test
  void numbersAgreeWithinTheToleranceAcrossTypes() {
    RightAnswer wanted = tensors("y", floats(1, 2));
    ByteBuffer halves = TensorBytes.memory(4);
    halves.putShort(HalfFloats.toFloat16(1.005f)).putShort(HalfFloats.toFloat16(2)).flip();
    Tensor got = new Tensor.Numbers(ElementType.FLOAT16, Shape.of(2), halves);

    assertThat(wanted.agrees(tensors("y", got), LOOSE)).isTrue();
    assertThat(wanted.agrees(tensors("y", got), Tolerance.EXACT)).isFalse();
  }

  @Test
  void anotherShapeIsAnotherAnswer() {
    Tensor flat = floats(1, 2);
    Tensor row =
        new Tensor.Numbers(ElementType.FLOAT, Shape.of(1, 2), ((Tensor.Numbers) flat).data());

    assertThat(tensors("y", flat).agrees(tensors("y", row), LOOSE)).isFalse();
  }

  @Test
  void singleTensorGoesByAnyNameAndSeveralByTheirs() {
    assertThat(tensors("y", floats(1)).agrees(tensors("", floats(1)), LOOSE)).isTrue();
    RightAnswer both =
        new RightAnswer.Tensors(
            Map.of("y", TensorValues.of(floats(1)), "z", TensorValues.of(floats(2))));
    assertThat(tensors("z", floats(2)).agrees(both, LOOSE)).isTrue();
    assertThat(tensors("y", floats(2)).agrees(both, LOOSE)).isFalse();
    assertThat(tensors("a", floats(1)).agrees(both, LOOSE)).isFalse();
  }

  @Test
  void textsAgreeOnlyWhenEqual() {
    Tensor text = new Tensor.Strings(Shape.of(1), new String[] {"a"});
    Tensor other = new Tensor.Strings(Shape.of(1), new String[] {"b"});

    assertThat(tensors("y", text).agrees(tensors("y", text), LOOSE)).isTrue();
    assertThat(tensors("y", text).agrees(tensors("y", other), LOOSE)).isFalse();
    assertThat(tensors("y", text).agrees(tensors("y", floats(1)), LOOSE)).isFalse();
  }

  @Test
  void floatsOfEightBitsHaveTheirValues() {
    for (ElementType type :
        new ElementType[] {
          ElementType.FLOAT8E4M3FN,
          ElementType.FLOAT8E4M3FNUZ,
          ElementType.FLOAT8E5M2,
          ElementType.FLOAT8E5M2FNUZ
        }) {
      byte[] bits = SmallFloats.zeroHalfOne(type);
      assertThat(SmallFloats.ofFloat8(type, bits[0])).isZero();
      assertThat(SmallFloats.ofFloat8(type, bits[1])).isEqualTo(0.5f);
      assertThat(SmallFloats.ofFloat8(type, bits[2])).isEqualTo(1f);
      assertThat(SmallFloats.ofFloat8(type, (byte) 0x80)).isIn(-0f, Float.NaN);
    }
    assertThat(SmallFloats.ofFloat8(ElementType.FLOAT8E4M3FN, (byte) 0x7e)).isEqualTo(448f);
    assertThat(SmallFloats.ofFloat8(ElementType.FLOAT8E5M2, (byte) 0x7b)).isEqualTo(57344f);
    assertThat(SmallFloats.ofFloat8(ElementType.FLOAT8E4M3FNUZ, (byte) 0x7f)).isEqualTo(240f);
  }

  static RightAnswer tensors(String name, Tensor tensor) {
    return new RightAnswer.Tensors(Map.of(name, TensorValues.of(tensor)));
  }

  static Tensor floats(float... values) {
    ByteBuffer data = TensorBytes.memory(values.length * 4L);
    for (float value : values) {
      data.putFloat(value);
    }
    return new Tensor.Numbers(ElementType.FLOAT, Shape.of(values.length), data.flip());
  }
}
