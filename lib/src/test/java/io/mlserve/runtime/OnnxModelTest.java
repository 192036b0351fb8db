package io.mlserve.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.OnnxGraph;
import io.mlserve.fixtures.onnx.Payload;
import io.mlserve.model.ElementType;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.Value;
import io.mlserve.protocol.oip.StrangeModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxModelTest {
  private static final OutputMemory MEMORY = OnnxModelTest::memory;

  @TempDir private Path folder;

  private static ByteBuffer memory(long bytes) {
    return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
  }

  private OnnxModel load(Payload model) {
    return OnnxModel.load(
        Models.write(model, folder.resolve("model.onnx")), RuntimeOptions.defaults());
  }

  private static Tensor.Numbers floats(Shape shape, float... values) {
    ByteBuffer data = memory(4L * values.length);
    data.asFloatBuffer().put(values);
    return new Tensor.Numbers(ElementType.FLOAT, shape, data);
  }

  private static float[] floats(Tensor tensor) {
    ByteBuffer data = ((Tensor.Numbers) tensor).data();
    float[] values = new float[data.remaining() / 4];
    data.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
    return values;
  }

  private static byte[] bytes(Tensor tensor) {
    ByteBuffer data = ((Tensor.Numbers) tensor).data().duplicate();
    byte[] values = new byte[data.remaining()];
    data.get(values);
    return values;
  }

  private static Tensor run(OnnxModel model, Map<String, Tensor> inputs, String output) {
    return output(run(model, inputs, MEMORY), output);
  }

  private static Map<String, Value> run(
      OnnxModel model, Map<String, Tensor> inputs, OutputMemory memory) {
    return model.run(InferRequest.of(inputs), memory);
  }

  private static Tensor output(Map<String, Value> answer, String name) {
    return (Tensor) Objects.requireNonNull(answer.get(name));
  }

  private static void assertFails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MlserveException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.message()).doesNotContainPattern("/\\w+/|\\.(cc|h):|\n");
            });
  }

  @Test
  void signatureIsTheModels() {
    try (OnnxModel model = load(Models.uciHousing(1))) {
      assertThat(model.signature().inputs())
          .containsExactly(new TensorSpec("x", ElementType.FLOAT, Shape.of(Shape.ANY, 13)));
      assertThat(model.signature().outputs())
          .containsExactly(new TensorSpec("y", ElementType.FLOAT, Shape.of(Shape.ANY, 1)));
    }
  }

  @Test
  void outputOfAKnownSizeIsWrittenIntoTheMemoryOfTheCaller() {
    List<ByteBuffer> taken = new ArrayList<>();
    OutputMemory memory =
        size -> {
          ByteBuffer piece = memory(size);
          taken.add(piece);
          return piece;
        };
    try (OnnxModel model = load(Models.halfPlus(2))) {
      Map<String, Value> answer = run(model, Map.of("x", floats(Shape.of(3), 1, 2, 3)), memory);
      assertThat(floats(output(answer, "y"))).containsExactly(2.5f, 3, 3.5f);
      assertThat(taken).hasSize(1);
      assertThat(((Tensor.Numbers) output(answer, "y")).data()).isSameAs(taken.get(0));
    }
  }

  @Test
  void outputWhoseSizeOnlyTheRunTellsIsCopied() {
    OnnxGraph picks =
        new OnnxGraph("picks")
            .input("x", io.mlserve.fixtures.onnx.ElementType.FLOAT, -1)
            .output("y", io.mlserve.fixtures.onnx.ElementType.INT64, 1, -1) // promises as many as x
            .node("NonZero", List.of("x"), "y");
    try (OnnxModel model = load(picks.toModel(Map.of()))) {
      for (int i = 0; i < 3; i++) { // the second time it is known that the promise is not kept
        Tensor answer = run(model, Map.of("x", floats(Shape.of(4), 0, 7, 0, 8)), "y");
        assertThat(answer.shape()).isEqualTo(Shape.of(1, 2));
        ByteBuffer data = ((Tensor.Numbers) answer).data();
        assertThat(data.getLong(0)).isEqualTo(1);
        assertThat(data.getLong(8)).isEqualTo(3);
      }
      Tensor all = run(model, Map.of("x", floats(Shape.of(2), 1, 1)), "y");
      assertThat(all.shape()).isEqualTo(Shape.of(1, 2));
      Tensor none = run(model, Map.of("x", floats(Shape.of(2), 0, 0)), "y");
      assertThat(none.shape()).isEqualTo(Shape.of(1, 0));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BFLOAT16, 16",
    "FLOAT8E4M3FN, 17",
    "FLOAT8E4M3FNUZ, 18",
    "FLOAT8E5M2, 19",
    "FLOAT8E5M2FNUZ, 20"
  })
  void narrowFloatsComeBackBitByBit(ElementType type, int number) {
    try (OnnxModel model = load(StrangeModels.same(number))) {
      for (int count : new int[] {1, 5, 0, 1000}) {
        ByteBuffer data = memory((long) count * type.bytes());
        byte[] content = new byte[data.capacity()];
        new Random(count).nextBytes(content);
        data.put(content).flip();
        Tensor answer =
            run(model, Map.of("x", new Tensor.Numbers(type, Shape.of(count), data)), "y");
        assertThat(answer.type()).isEqualTo(type);
        assertThat(bytes(answer)).isEqualTo(content);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"STRING", "BFLOAT16", "FLOAT8.*"},
      mode = EnumSource.Mode.MATCH_NONE)
  void numbersOfEveryTypeComeBackBitByBit(ElementType type) {
    String name = type.name().toLowerCase(Locale.ROOT);
    io.mlserve.fixtures.onnx.ElementType made =
        io.mlserve.fixtures.onnx.ElementType.valueOf(type.name());
    try (OnnxModel model = load(Models.echo(List.of(made)))) {
      assertThat(model.signature().input(name))
          .hasValue(new TensorSpec(name, type, Shape.of(Shape.ANY)));
      for (int count : new int[] {1, 5, 0, 1000}) {
        ByteBuffer data = memory((long) count * type.bytes());
        byte[] content = new byte[data.capacity()];
        new Random(count).nextBytes(content);
        if (type == ElementType.BOOL) {
          for (int i = 0; i < count; i++) {
            content[i] &= 1;
          }
        }
        data.put(content).flip();
        Tensor answer =
            run(
                model,
                Map.of(name, new Tensor.Numbers(type, Shape.of(count), data)),
                name + "_out");
        assertThat(answer.type()).isEqualTo(type);
        assertThat(answer.shape()).isEqualTo(Shape.of(count));
        assertThat(bytes(answer)).isEqualTo(content);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"UINT16", "UINT32", "UINT64", "FLOAT16", "BOOL", "INT8"})
  void numbersOfEveryTypeComeBackUnpinnedToo(ElementType type) {
    io.mlserve.fixtures.onnx.ElementType made =
        io.mlserve.fixtures.onnx.ElementType.valueOf(type.name());
    // Two inputs, and an output that has the dimension of neither by name.
    OnnxGraph graph =
        new OnnxGraph("scalar")
            .input("x", made)
            .output("y", made, -1)
            .longs("one", List.of(1L), 1)
            .node("Reshape", List.of("x", "one"), "y");
    try (OnnxModel model = load(graph.toModel(Map.of()))) {
      ByteBuffer data = memory(type.bytes());
      data.put(0, (byte) 1);
      Tensor answer = run(model, Map.of("x", new Tensor.Numbers(type, Shape.SCALAR, data)), "y");
      assertThat(answer.shape()).isEqualTo(Shape.of(1));
      assertThat(bytes(answer)).isEqualTo(bytes(new Tensor.Numbers(type, Shape.SCALAR, data)));
    }
  }

  @Test
  void stringsComeBack() {
    String[] texts = {"", "plain", "Grüße, 世界", "a\nb\t\"c\"", "x".repeat(10_000)};
    try (OnnxModel model =
        load(Models.echo(List.of(io.mlserve.fixtures.onnx.ElementType.STRING)))) {
      Tensor answer = echo(model, texts);
      assertThat(answer.shape()).isEqualTo(Shape.of(5));
      assertThat(((Tensor.Strings) answer).values()).containsExactly(texts);
      assertThat(((Tensor.Strings) echo(model)).values()).isEmpty();
      assertThat(((Tensor.Strings) echo(model, "one")).values()).containsExactly("one");
    }
  }

  @Test
  void stringsBeyondTheBasicPlaneComeBack() {
    try (OnnxModel model =
        load(Models.echo(List.of(io.mlserve.fixtures.onnx.ElementType.STRING)))) {
      Tensor answer = echo(model, "😀", "a\u0000b");
      assertThat(((Tensor.Strings) answer).values()).containsExactly("😀", "a\u0000b");
    }
  }

  private static Tensor echo(OnnxModel model, String... texts) {
    return run(
        model, Map.of("string", new Tensor.Strings(Shape.of(texts.length), texts)), "string_out");
  }

  @Test
  void stringsKeepTheirOrderInEveryShape() {
    OnnxGraph graph =
        new OnnxGraph("strings")
            .input("x", io.mlserve.fixtures.onnx.ElementType.STRING, 2, 3)
            .input("s", io.mlserve.fixtures.onnx.ElementType.STRING)
            .output("y", io.mlserve.fixtures.onnx.ElementType.STRING, 2, 3)
            .output("t", io.mlserve.fixtures.onnx.ElementType.STRING)
            .node("Identity", List.of("x"), "y")
            .node("Identity", List.of("s"), "t");
    try (OnnxModel model = load(graph.toModel(Map.of()))) {
      String[] texts = {"a", "b", "c", "d", "e", "f"};
      Map<String, Value> answer =
          run(
              model,
              Map.of(
                  "x", new Tensor.Strings(Shape.of(2, 3), texts),
                  "s", new Tensor.Strings(Shape.SCALAR, new String[] {"only"})),
              MEMORY);
      assertThat(((Tensor.Strings) output(answer, "y")).values()).containsExactly(texts);
      assertThat(output(answer, "y").shape()).isEqualTo(Shape.of(2, 3));
      assertThat(((Tensor.Strings) output(answer, "t")).values()).containsExactly("only");
      assertThat(output(answer, "t").shape()).isEqualTo(Shape.SCALAR);
    }
  }

  @Test
  void outputsComeInTheModelsOrder() {
    List<io.mlserve.fixtures.onnx.ElementType> types =
        List.of(
            io.mlserve.fixtures.onnx.ElementType.INT64,
            io.mlserve.fixtures.onnx.ElementType.STRING,
            io.mlserve.fixtures.onnx.ElementType.FLOAT,
            io.mlserve.fixtures.onnx.ElementType.BOOL);
    try (OnnxModel model = load(Models.echo(types))) {
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      inputs.put("bool", new Tensor.Numbers(ElementType.BOOL, Shape.of(1), memory(1)));
      inputs.put("float", floats(Shape.of(1), 1));
      inputs.put("string", new Tensor.Strings(Shape.of(1), new String[] {"a"}));
      inputs.put("int64", new Tensor.Numbers(ElementType.INT64, Shape.of(1), memory(8)));
      assertThat(run(model, inputs, MEMORY).keySet())
          .containsExactly("int64_out", "string_out", "float_out", "bool_out");
    }
  }

  @Test
  void inputOfAWrongShapeIsTheCallersFault() {
    try (OnnxModel model = load(Models.uciHousing(1))) {
      assertFails(
          ErrorCode.INVALID_ARGUMENT,
          () -> run(model, Map.of("x", floats(Shape.of(1, 12), new float[12])), MEMORY));
      assertFails(
          ErrorCode.INVALID_ARGUMENT,
          () -> run(model, Map.of("x", floats(Shape.of(13), new float[13])), MEMORY));
      // and the model is none the worse for it
      assertThat(run(model, Map.of("x", floats(Shape.of(1, 13), new float[13])), MEMORY))
          .containsKey("y");
    }
  }

  @Test
  void operatorThatRefusesItsInputsIsTheCallersFault() {
    OnnxGraph graph =
        new OnnxGraph("sum")
            .input("a", io.mlserve.fixtures.onnx.ElementType.FLOAT, -1)
            .input("b", io.mlserve.fixtures.onnx.ElementType.FLOAT, -1)
            .output("y", io.mlserve.fixtures.onnx.ElementType.FLOAT, -1)
            .node("Add", List.of("a", "b"), "y");
    try (OnnxModel model = load(graph.toModel(Map.of()))) {
      assertFails(
          ErrorCode.INVALID_ARGUMENT,
          () ->
              run(
                  model,
                  Map.of("a", floats(Shape.of(2), 1, 2), "b", floats(Shape.of(3), 1, 2, 3)),
                  MEMORY));
    }
  }

  @Test
  void fileThatIsNoModelIsCorrupt() {
    assertFails(ErrorCode.DATA_LOSS, () -> load(Models.corrupt()));
    assertFails(ErrorCode.DATA_LOSS, () -> load(Payload.of(new byte[0])));
  }

  @Test
  void modelThatIsCutOffIsCorruptWhereverItIsCut() throws IOException {
    byte[] whole = Models.bytes(Models.uciHousing(1));
    Path file = folder.resolve("cut.onnx");
    for (int length = 1; length < whole.length; length += 7) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertFails(
          ErrorCode.DATA_LOSS, () -> OnnxModel.load(file, RuntimeOptions.defaults()).close());
    }
  }

  @Test
  void fileThatIsNotThereIsNotFound() {
    assertFails(
        ErrorCode.NOT_FOUND,
        () -> OnnxModel.load(folder.resolve("absent.onnx"), RuntimeOptions.defaults()));
    assertFails(ErrorCode.NOT_FOUND, () -> OnnxModel.load(folder, RuntimeOptions.defaults()));
  }

  @Test
  void externalDataThatIsMissingIsCorruptAndItsFolderIsNotNamed() {
    assertFails(ErrorCode.DATA_LOSS, () -> load(Models.external("w.bin")));
  }

  @Test
  void manyThreadsMayRunAtOnce() throws Exception {
    try (OnnxModel model = load(Models.halfPlus(2))) {
      List<Thread> threads = new ArrayList<>();
      List<Throwable> failures = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        float seed = t;
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    Map<String, Tensor> in = Map.of("x", floats(Shape.of(1), seed * 1000 + i));
                    assertThat(floats(run(model, in, "y")))
                        .containsExactly((seed * 1000 + i) / 2 + 2);
                  }
                });
        thread.setUncaughtExceptionHandler(
            (which, failure) -> {
              synchronized (failures) {
                failures.add(failure);
              }
            });
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
    }
  }
}
