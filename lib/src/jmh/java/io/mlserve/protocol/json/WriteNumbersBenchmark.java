package io.mlserve.protocol.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
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
import java.util.Random;
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

/** What it costs to write the floats of one answer. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(5)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class WriteNumbersBenchmark {
  private static final JsonFactory DEFAULT = new JsonFactory();
  private static final JsonFactory FAST =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  @Param({"10", "1000"})
  public int count;

  private final ByteBuf bytes = Unpooled.directBuffer(1 << 20);
  private Tensor.Numbers tensor =
      new Tensor.Numbers(ElementType.FLOAT, Shape.of(0), ByteBuffer.allocateDirect(0));

  @Setup
  public void tensor() {
    Random random = new Random(1);
    ByteBuffer data = ByteBuffer.allocateDirect(count * 4).order(ByteOrder.nativeOrder());
    while (data.hasRemaining()) {
      data.putFloat(random.nextFloat());
    }
    tensor = new Tensor.Numbers(ElementType.FLOAT, Shape.of(1, count), data.flip());
  }

  @Benchmark
  public ByteBuf writer() {
    TensorWriter.nested(tensor, bytes.clear());
    return bytes;
  }

  @Benchmark
  public ByteBuf writerInsideGenerator() throws IOException {
    try (JsonGenerator json =
        FAST.createGenerator((OutputStream) new ByteBufOutputStream(bytes.clear()))) {
      TensorWriter.nested(json, tensor);
    }
    return bytes;
  }

  @Benchmark
  public ByteBuf generator() throws IOException {
    return generated(DEFAULT);
  }

  @Benchmark
  public ByteBuf fastGenerator() throws IOException {
    return generated(FAST);
  }

  private ByteBuf generated(JsonFactory factory) throws IOException {
    try (JsonGenerator json =
        factory.createGenerator((OutputStream) new ByteBufOutputStream(bytes.clear()))) {
      ElementWriter elements = ElementWriter.of(json, "x", tensor);
      json.writeStartArray();
      json.writeStartArray();
      for (int i = 0; i < count; i++) {
        elements.write(i);
      }
      json.writeEndArray();
      json.writeEndArray();
    }
    return bytes;
  }
}
