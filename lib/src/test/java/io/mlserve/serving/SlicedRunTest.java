package io.mlserve.serving;

import static io.mlserve.fixtures.onnx.ElementType.FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.batch.BatchOptions;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.OnnxGraph;
import io.mlserve.fixtures.onnx.Payload;
import io.mlserve.model.InferRequest;
import io.mlserve.model.ModelName;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.Value;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlicedRunTest {
  private static final Payload TWO_OUTPUTS =
      new OnnxGraph("two")
          .input("a", FLOAT, -1, 2)
          .input("b", FLOAT, -1, 2)
          .output("sum", FLOAT, -1, 2)
          .output("difference", FLOAT, -1, 2)
          .node("Add", List.of("a", "b"), "sum")
          .node("Sub", List.of("a", "b"), "difference")
          .toModel(Map.of());

  @TempDir private Path folder;

  private Servable load(Payload model, BatchOptions batching) {
    ServingOptions options = options(batching);
    Path file = Models.write(model, folder.resolve("model.onnx"));
    return new ServableLoader(options).load(new ModelName("m"), 1, file, Optional.empty());
  }

  private static ServingOptions options(BatchOptions batching) {
    ServingOptions usual = ServingOptions.defaults();
    return new ServingOptions(
        usual.reload(),
        usual.reloadInterval(),
        usual.retry(),
        usual.warmUp(),
        usual.signatureChanges(),
        usual.runtime(),
        batching);
  }

  private static BatchOptions sizes(Integer... sizes) {
    int most = sizes[sizes.length - 1];
    return new BatchOptions(most, Duration.ZERO, List.of(sizes), Optional.empty());
  }

  private static Map<String, Value> slices(Servable servable, InferRequest request, int most) {
    int rows = (int) request.rows();
    assertThat(SlicedRun.suits(request, rows)).isTrue();
    return new SlicedRun(servable, request, rows, ProbeInputs::memory).run(most, 0);
  }

  private static Tensor.Numbers numbers(Map<String, Value> answer, String name) {
    if (!(answer.get(name) instanceof Tensor.Numbers numbers)) {
      throw new AssertionError("no numbers '" + name + "' in " + answer.keySet());
    }
    return numbers;
  }

  private static List<Float> floats(Tensor.Numbers numbers) {
    List<Float> floats = new ArrayList<>();
    for (int i = 0; i < numbers.shape().elements(); i++) {
      floats.add(numbers.data().getFloat(4 * i));
    }
    return floats;
  }

  @Test
  void everyRowGetsWhatItGetsInOneRun() {
    try (Servable servable = load(TWO_OUTPUTS, sizes(1, 2, 4))) {
      for (int rows = 1; rows <= 21; rows++) {
        InferRequest request = InferRequest.of(ProbeInputs.of(servable.signature(), rows, 1));
        Map<String, Value> whole = servable.infer(request, ProbeInputs::memory);

        Map<String, Value> sliced = slices(servable, request, 4);

        assertThat(sliced.keySet()).isEqualTo(whole.keySet());
        for (String name : whole.keySet()) {
          Tensor.Numbers expected = numbers(whole, name);
          assertThat(numbers(sliced, name).shape()).isEqualTo(expected.shape());
          assertThat(floats(numbers(sliced, name))).isEqualTo(floats(expected));
        }
      }
    }
  }

  @Test
  void everyRunIsCounted() {
    try (Servable servable = load(Models.halfPlus(2), sizes(3, 8))) {
      InferRequest request = InferRequest.of(ProbeInputs.of(servable.signature(), 18, 1));

      assertThat(floats(numbers(slices(servable, request, 8), "y"))).hasSize(18);

      ServableStatistics.Snapshot seen = servable.statistics().read();
      assertThat(seen.executions()).isEqualTo(3);
      assertThat(seen.rows()).isEqualTo(18);
    }
  }

  @Test
  void aSliceThatIsTooSmallIsFilledUpWithItsLastRow() {
    Tensor.Numbers whole = (Tensor.Numbers) tensor(3, 24);
    for (int i = 0; i < 24; i++) {
      whole.data().put(i, (byte) i);
    }

    Tensor.Numbers filled = Rows.filled(whole, 1, 2, 4, ByteBuffer.allocateDirect(32));

    assertThat(filled.shape()).isEqualTo(Shape.of(4, 2));
    byte[] bytes = new byte[32];
    filled.data().get(0, bytes);
    assertThat(bytes)
        .containsExactly(
            8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, //
            16, 17, 18, 19, 20, 21, 22, 23, 16, 17, 18, 19, 20, 21, 22, 23);
  }

  @Test
  void onlyOutputsThatAreWantedAreThere() {
    try (Servable servable = load(TWO_OUTPUTS, sizes(2))) {
      Map<String, Tensor> inputs = ProbeInputs.of(servable.signature(), 5, 1);

      Map<String, Value> answer =
          slices(servable, new InferRequest(inputs, Set.of("difference")), 2);

      assertThat(answer).containsOnlyKeys("difference");
    }
  }

  @Test
  void inputsThatDisagreeAboutRowsAreNotSliced() {
    Map<String, Tensor> inputs = Map.of("a", tensor(8, 64), "b", tensor(4, 32));

    assertThat(SlicedRun.suits(InferRequest.of(inputs), 8)).isFalse();
    assertThat(SlicedRun.suits(InferRequest.of(Map.of("a", tensor(8, 60))), 8)).isFalse();
    assertThat(SlicedRun.suits(InferRequest.of(Map.of("a", tensor(8, 64))), 8)).isTrue();
  }

  private static Tensor tensor(int rows, int bytes) {
    return new Tensor.Numbers(
        io.mlserve.model.ElementType.FLOAT, Shape.of(rows, 2), ByteBuffer.allocateDirect(bytes));
  }
}
