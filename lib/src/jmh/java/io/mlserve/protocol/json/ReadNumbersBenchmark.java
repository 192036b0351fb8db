package io.mlserve.protocol.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.mlserve.model.ElementType;
import io.mlserve.serving.TensorMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to read the body of one request of floats into tensor memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(5)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class ReadNumbersBenchmark {
  private static final JsonFactory DEFAULT = new JsonFactory();
  private static final JsonFactory FAST =
      JsonFactory.builder().enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build();

  /** How many: a row of 13 features, an image of 28 by 28, one of 3 by 64 by 64. */
  @Param({"13", "784", "12288"})
  public int count;

  @Param public Form form;

  private final TensorMemory.Slab slab = new TensorMemory.Slab();
  private ByteBuf body = Unpooled.EMPTY_BUFFER;

  /** How clients write a number. */
  public enum Form {
    SIX_DECIMALS,
    SEVENTEEN_DIGITS,
    INTEGER
  }

  @Setup
  public void body() {
    Random random = new Random(1);
    StringJoiner numbers = new StringJoiner(",", "{\"instances\":[[", "]]}");
    for (int i = 0; i < count; i++) {
      numbers.add(
          switch (form) {
            case SIX_DECIMALS -> String.format(Locale.ROOT, "%.6f", random.nextDouble());
            case SEVENTEEN_DIGITS -> Double.toString(random.nextDouble());
            case INTEGER -> Integer.toString(random.nextInt(256));
          });
    }
    byte[] bytes = numbers.toString().getBytes(StandardCharsets.UTF_8);
    body = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
  }

  @Benchmark
  public ByteBuffer scanner() throws IOException {
    slab.room(0).clear();
    try (RequestJson json = new RequestJson(FAST, body)) {
      if (!json.readOnly("instances", ElementType.FLOAT, slab, new Nesting())) {
        throw new IllegalStateException("not read");
      }
    }
    return slab.room(0);
  }

  @Benchmark
  public ByteBuffer scannerInsideParser() throws IOException {
    slab.room(0).clear();
    try (RequestJson json = new RequestJson(FAST, body)) {
      JsonParser parser = json.parser();
      parser.nextToken();
      parser.nextToken();
      parser.nextToken();
      if (!json.readNumbers(ElementType.FLOAT, slab, new Nesting(), 0, Long.MAX_VALUE)) {
        throw new IllegalStateException("not read");
      }
      while (parser.nextToken() != null) {}
    }
    return slab.room(0);
  }

  @Benchmark
  public ByteBuffer parser() throws IOException {
    return parsed(DEFAULT);
  }

  @Benchmark
  public ByteBuffer fastParser() throws IOException {
    return parsed(FAST);
  }

  private ByteBuffer parsed(JsonFactory factory) throws IOException {
    slab.room(0).clear();
    try (JsonParser json =
        factory.createParser((InputStream) new ByteBufInputStream(body.slice()))) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token.isNumeric()) {
          slab.room(4).putFloat(json.getFloatValue());
        }
      }
    }
    return slab.room(0);
  }
}
