package io.mlserve.protocol.tfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.http.NettyLeaks;
import io.mlserve.model.HalfFloats;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random tensors of every type survive JSON in, a model that changes nothing, and JSON out. */
@ExtendWith(NettyLeaks.class)
class TfsRoundTripTest {
  private static final int ROUNDS = 20;
  private static final JsonFactory JSON = new JsonFactory();

  @TempDir private static Path folder;
  private static TfsServer server;

  @BeforeAll
  static void serve() {
    Map<String, Path> models = new LinkedHashMap<>();
    for (ElementType type : ElementType.values()) {
      String name = type.name().toLowerCase(Locale.ROOT);
      models.put(name, TfsServer.write(folder.resolve(name), Models.echo(List.of(type))));
    }
    server = TfsServer.serving(models);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** A random value of {@code type}, often one at an edge, as Java has it. */
  private static Object value(ElementType type, Random random) {
    boolean edge = random.nextInt(4) == 0;
    long bits =
        edge ? (random.nextBoolean() ? -1L : 1L << 63) >>> random.nextInt(64) : random.nextLong();
    return switch (type) {
      case FLOAT -> finite(Float.intBitsToFloat((int) bits));
      case DOUBLE -> finite(Double.longBitsToDouble(bits));
      case FLOAT16 -> finite(HalfFloats.fromFloat16((short) bits));
      case INT8 -> (long) (byte) bits;
      case INT16 -> (long) (short) bits;
      case INT32 -> (long) (int) bits;
      case INT64 -> bits;
      case UINT8 -> bits & 0xff;
      case UINT16 -> bits & 0xffff;
      case UINT32 -> bits & 0xffff_ffffL;
      case UINT64 -> new BigInteger(Long.toUnsignedString(bits));
      case BOOL -> (bits & 1) == 0;
      case STRING -> text(random);
    };
  }

  private static float finite(float value) {
    return Float.isFinite(value) ? value : -0f;
  }

  private static double finite(double value) {
    return Double.isFinite(value) ? value : -0d;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(20); i > 0; i--) {
      int point = random.nextInt(random.nextBoolean() ? 0x80 : Character.MAX_CODE_POINT);
      text.appendCodePoint(point >= 0xd800 && point < 0xe000 ? '?' : point);
    }
    return text.toString();
  }

  private static String json(String key, List<Object> values) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeArrayFieldStart(key);
      for (Object value : values) {
        if (value instanceof Float number) {
          json.writeNumber(number);
        } else if (value instanceof Double number) {
          json.writeNumber(number);
        } else if (value instanceof Long number) {
          json.writeNumber(number);
        } else if (value instanceof BigInteger number) {
          json.writeNumber(number);
        } else if (value instanceof Boolean flag) {
          json.writeBoolean(flag);
        } else {
          json.writeString((String) value);
        }
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static List<Object> values(String answer, Object like) {
    List<Object> values = new ArrayList<>();
    try (JsonParser json = JSON.createParser(answer)) {
      while (json.nextToken() != JsonToken.START_ARRAY) {
        assertThat(json.currentToken()).as(answer).isNotNull();
      }
      while (json.nextToken() != JsonToken.END_ARRAY) {
        values.add(value(json, like));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return values;
  }

  private static Object value(JsonParser json, Object like) throws IOException {
    if (like instanceof Float) {
      return json.getFloatValue();
    } else if (like instanceof Double) {
      return json.getDoubleValue();
    } else if (like instanceof Long) {
      return json.getLongValue();
    } else if (like instanceof BigInteger) {
      return json.getBigIntegerValue();
    } else if (like instanceof Boolean) {
      return json.getBooleanValue();
    }
    return json.getText();
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void nothingIsLostOnTheWay(ElementType type) {
    Random random = new Random(type.name().hashCode());
    String model = type.name().toLowerCase(Locale.ROOT);
    for (int round = 0; round < ROUNDS; round++) {
      List<Object> sent = new ArrayList<>();
      for (int i = 1 + random.nextInt(200); i > 0; i--) {
        sent.add(value(type, random));
      }
      String key = random.nextBoolean() ? "instances" : "inputs";
      String answer = server.predict(model, json(key, sent)).text();
      assertThat(values(answer, sent.get(0))).isEqualTo(sent);
    }
  }
}
