package io.mlserve.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.mlserve.http.NettyLeaks;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whether numbers are written past the generator or by it cannot be seen from outside. */
@ExtendWith(NettyLeaks.class)
class TensorWriterTest {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .build();

  /** Writes to a generator. */
  private interface Content {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static String text(Content content) throws IOException {
    ByteBuf bytes = Unpooled.buffer();
    try (JsonGenerator json = JSON.createGenerator((OutputStream) new ByteBufOutputStream(bytes))) {
      content.writeTo(json);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Tensor.Numbers random(ElementType type, Random random) {
    long[] dims = new long[random.nextInt(4)];
    int elements = 1;
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(9);
      elements *= (int) dims[axis];
    }
    byte[] bytes = new byte[elements * type.bytes()];
    random.nextBytes(bytes);
    ByteBuffer data =
        ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder()).put(bytes).flip();
    return new Tensor.Numbers(type, Shape.of(dims), data);
  }

  private static int nested(
      JsonGenerator json, ElementWriter elements, Shape shape, int axis, int at)
      throws IOException {
    if (axis == shape.rank()) {
      elements.write(at);
      return at + 1;
    }
    int next = at;
    json.writeStartArray();
    for (int i = 0; i < shape.dim(axis); i++) {
      next = nested(json, elements, shape, axis + 1, next);
    }
    json.writeEndArray();
    return next;
  }

  @Test
  void tensorsOfEveryTypeAreWrittenAsTheGeneratorDoes() throws IOException {
    Random random = new Random(20_261_121);
    for (int i = 0; i < 2000; i++) {
      ElementType type = NumericDocuments.TYPES.get(i % NumericDocuments.TYPES.size());
      Tensor.Numbers tensor = random(type, random);
      Shape shape = tensor.shape();
      String expected =
          text(
              json -> {
                ElementWriter elements = ElementWriter.of(json, "x", tensor);
                json.writeStartObject();
                json.writeStringField("a", "é");
                json.writeFieldName("whole");
                nested(json, elements, shape, 0, 0);
                json.writeArrayFieldStart("rows");
                for (int row = 0; shape.rank() > 0 && row < shape.dim(0); row++) {
                  nested(json, elements, shape, 1, (int) (row * shape.elements() / shape.dim(0)));
                }
                json.writeEndArray();
                json.writeFieldName("flat");
                nested(json, elements, Shape.of(shape.elements()), 0, 0);
                json.writeEndObject();
              });
      String written =
          text(
              json -> {
                json.writeStartObject();
                json.writeStringField("a", "é");
                json.writeFieldName("whole");
                TensorWriter.nested(json, tensor);
                json.writeArrayFieldStart("rows");
                for (int row = 0; shape.rank() > 0 && row < shape.dim(0); row++) {
                  TensorWriter.row(json, tensor, row);
                }
                json.writeEndArray();
                json.writeFieldName("flat");
                TensorWriter.flat(json, tensor);
                json.writeEndObject();
              });
      assertThat(written).isEqualTo(expected);
    }
  }
}
