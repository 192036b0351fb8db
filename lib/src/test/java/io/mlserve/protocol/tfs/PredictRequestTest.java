package io.mlserve.protocol.tfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonLocation;
import io.mlserve.error.MlserveException;
import io.mlserve.http.NettyLeaks;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.protocol.json.NumericDocuments;
import io.mlserve.protocol.json.RequestJson;
import io.mlserve.serving.TensorMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whether numbers are read by the scanner or by the parser cannot be seen from outside. */
@ExtendWith(NettyLeaks.class)
class PredictRequestTest {
  private static final int DOCUMENTS = Integer.getInteger("mlserve.documents.count", 8_000);
  private static final List<Shape> SHAPES =
      List.of(Shape.SCALAR, Shape.of(-1), Shape.of(-1, -1), Shape.of(-1, -1, -1));

  private int shortcuts;

  @Test
  void documentsReadTheSameByScannerAndParser() throws IOException {
    NumericDocuments documents = new NumericDocuments(20_261_121);
    int read = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
      ElementType type = NumericDocuments.TYPES.get(i % NumericDocuments.TYPES.size());
      Shape shape = SHAPES.get(documents.random().nextInt(SHAPES.size()));
      int form = documents.random().nextInt(8);
      byte[] body = documents.next(type, data -> wrapped(form, data));
      List<TensorSpec> inputs =
          form < 5 || form == 7
              ? List.of(new TensorSpec("x", type, shape))
              : List.of(
                  new TensorSpec("x", type, shape),
                  new TensorSpec("y", ElementType.FLOAT, Shape.of(-1)));
      String expected;
      try (RequestJson slow = TfsJson.request(new ByteArrayInputStream(body))) {
        expected = outcome(slow, inputs);
      }
      ByteBuf bytes = Unpooled.directBuffer().writeZero(3).writeBytes(body).skipBytes(3);
      try (RequestJson fast = TfsJson.request(bytes)) {
        assertThat(outcome(fast, inputs))
            .as("%s %s", type, new String(body, StandardCharsets.UTF_8))
            .isEqualTo(expected);
      } finally {
        bytes.release();
      }
      read += expected.startsWith("{") ? 1 : 0;
    }
    assertThat(read).isGreaterThan(DOCUMENTS / 10);
    assertThat(shortcuts).isGreaterThan(DOCUMENTS / 4);
  }

  private static String wrapped(int form, String data) {
    return switch (form) {
      case 0 -> "{\"instances\":" + data + "}";
      case 1 -> "{\"inputs\" : " + data + ",\"signature_name\":\"serving_default\"}";
      case 2 -> "{\"a\":[[],{\"b\":[1]}],\"inputs\":{\"x\":" + data + ",\"z\":[1]}} trailing";
      case 3 -> " {\"signature_name\":\"\",\"instances\":[" + data + ",\n" + data + "]}";
      case 4 -> "{\"instances\":[{\"x\":" + data + "},{\"x\":" + data + "}]}";
      case 5 -> "{\"inputs\":{\"y\":[1,2.5],\"x\":" + data + "}}";
      case 7 -> "{\"inputs\":" + data + "}";
      default -> "{\"instances\":[{\"x\":" + data + ",\"y\":1},{\"y\":2,\"x\":" + data + "}]}";
    };
  }

  private String outcome(RequestJson json, List<TensorSpec> inputs) throws IOException {
    try {
      Signature signature = new Signature(inputs, List.of());
      PredictRequest request = PredictRequest.read(json, signature, new TensorMemory(signature));
      StringBuilder text = new StringBuilder("{" + request.format());
      request
          .inputs()
          .forEach((name, tensor) -> text.append(name).append(tensor.shape()).append(hex(tensor)));
      return text.toString();
    } catch (MlserveException e) {
      return e.code() + e.message();
    } catch (CharConversionException e) {
      return "no text";
    } finally {
      shortcuts += json.offset(JsonLocation.NA) >= 0 ? 1 : 0; // -1, and what was skipped
    }
  }

  private static String hex(Tensor tensor) {
    ByteBuffer data = ((Tensor.Numbers) tensor).data();
    StringBuilder text = new StringBuilder();
    while (data.hasRemaining()) {
      text.append(Integer.toHexString(data.get() & 0xff)).append(' ');
    }
    return text.toString();
  }
}
