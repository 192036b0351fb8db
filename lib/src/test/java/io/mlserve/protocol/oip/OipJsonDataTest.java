package io.mlserve.protocol.oip;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
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
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whether numbers are read by the scanner or by the parser cannot be seen from outside. */
@ExtendWith(NettyLeaks.class)
class OipJsonDataTest {
  private static final int DOCUMENTS = Integer.getInteger("mlserve.documents.count", 8_000);

  @Test
  void dataReadTheSameByScannerAndParser() throws IOException {
    NumericDocuments documents = new NumericDocuments(7);
    int read = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
      ElementType type = NumericDocuments.TYPES.get(i % NumericDocuments.TYPES.size());
      long most = new Random(i).nextInt(3) == 0 ? 1 + i % 30 : Long.MAX_VALUE;
      ByteBuf bytes =
          Unpooled.wrappedBuffer(
              documents.next(type, data -> "{\"a\":" + data + ",\"b\":[0], \"c\":" + data + "}"));
      try (RequestJson slow = OipJson.request(new ByteBufInputStream(bytes.duplicate()));
          RequestJson fast = OipJson.request(bytes)) {
        String expected = outcome(slow, type, most);
        assertThat(outcome(fast, type, most))
            .as("%s %d %s", type, most, bytes.toString(StandardCharsets.UTF_8))
            .isEqualTo(expected);
        read += expected.contains("[") ? 1 : 0;
      } finally {
        bytes.release();
      }
    }
    assertThat(read).isGreaterThan(DOCUMENTS / 4);
  }

  private static String outcome(RequestJson json, ElementType type, long most) throws IOException {
    StringBuilder text = new StringBuilder();
    try {
      for (JsonToken token = json.parser().nextToken(); token != null; ) {
        if (token == JsonToken.FIELD_NAME) {
          json.parser().nextToken();
          text.append(json.offset(json.parser().currentTokenLocation()));
          text.append(data(json, type, most));
          text.append(json.offset(json.parser().currentLocation()));
        }
        token = json.parser().nextToken();
      }
    } catch (MlserveException e) {
      text.append(e.message());
    } catch (JsonProcessingException e) {
      text.append(OipJson.malformed(json, e).message());
    }
    return text.toString();
  }

  private static String data(RequestJson json, ElementType type, long most) throws IOException {
    TensorSpec spec = new TensorSpec("x", type, Shape.of(-1));
    TensorMemory memory = new TensorMemory(new Signature(List.of(spec), List.of()));
    OipJsonData data = new OipJsonData(spec, memory);
    data.read(json, most);
    StringBuilder text = new StringBuilder();
    int count = 0;
    for (int attempt = 0; attempt < 2; attempt++) { // the first says how many there are
      try {
        Tensor tensor = data.tensor(Shape.of(count), count);
        ByteBuffer bytes = ((Tensor.Numbers) tensor).data();
        while (bytes.hasRemaining()) {
          text.append('[').append(bytes.get());
        }
      } catch (MlserveException e) {
        text.append(e.message());
        count = Integer.parseInt(e.message().replaceAll("\\D*(\\d+).*", "$1"));
      }
    }
    return text.toString();
  }
}
