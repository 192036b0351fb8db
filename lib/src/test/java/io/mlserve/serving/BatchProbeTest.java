package io.mlserve.serving;

import static io.mlserve.fixtures.onnx.ElementType.FLOAT;
import static io.mlserve.fixtures.onnx.ElementType.INT64;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.OnnxGraph;
import io.mlserve.fixtures.onnx.Payload;
import io.mlserve.runtime.OnnxModel;
import io.mlserve.runtime.RuntimeOptions;
import io.mlserve.store.ControlFlow;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchProbeTest {
  @TempDir private Path folder;

  private boolean batches(Payload model) {
    Path file = Models.write(model, folder.resolve("model.onnx"));
    try (OnnxModel loaded = OnnxModel.load(file, RuntimeOptions.defaults())) {
      return BatchProbe.batches(loaded);
    }
  }

  private static OnnxGraph rows() {
    return new OnnxGraph("rows").input("x", FLOAT, -1, 4).output("y", FLOAT, -1, 4);
  }

  @Test
  void rowsThatAreAnsweredOneByOneMayShareARun() {
    assertThat(batches(Models.mlp())).isTrue();
    assertThat(batches(Models.uciHousing(1))).isTrue();
    assertThat(batches(Models.halfPlus(2))).isTrue();
    assertThat(batches(Models.threeClasses())).isTrue();
  }

  @Test
  void rowsThatAreComparedWithEachOtherMayNot() {
    assertThat(
            batches(
                rows().node("Softmax", List.of("x"), "y", Map.of("axis", 0L)).toModel(Map.of())))
        .isFalse();
  }

  @Test
  void rowsThatAreMeasuredAgainstTheirMeanMayNot() {
    assertThat(
            batches(
                rows()
                    .node("ReduceMean", List.of("x"), "mean", Map.of("keepdims", 1L))
                    .node("Sub", List.of("x", "mean"), "y")
                    .toModel(Map.of())))
        .isFalse();
  }

  @Test
  void anOutputWithoutRowsMayNot() {
    assertThat(
            batches(
                new OnnxGraph("sum")
                    .input("x", FLOAT, -1, 4)
                    .output("y", FLOAT, 1)
                    .node("ReduceSum", List.of("x"), "s", Map.of("keepdims", 0L))
                    .longs("one", List.of(1L), 1)
                    .node("Reshape", List.of("s", "one"), "y")
                    .toModel(Map.of())))
        .isFalse();
  }

  @Test
  void chanceMayNot() {
    assertThat(
            batches(
                rows()
                    .node("RandomNormalLike", List.of("x"), "noise", Map.of("dtype", 1L))
                    .node("Add", List.of("x", "noise"), "y")
                    .toModel(Map.of())))
        .isFalse();
  }

  @Test
  void rowsOfAFixedNumberMayNot() {
    assertThat(
            batches(
                new OnnxGraph("fixed")
                    .input("x", FLOAT, 2, 4)
                    .output("y", FLOAT, 2, 4)
                    .node("Relu", List.of("x"), "y")
                    .toModel(Map.of())))
        .isFalse();
  }

  @Test
  void indicesAreTriedWithSmallNumbers() {
    assertThat(
            batches(
                new OnnxGraph("lookup")
                    .input("id", INT64, -1)
                    .output("y", FLOAT, -1)
                    .floats("table", List.of(3L), 5, 6, 7)
                    .node("Gather", List.of("table", "id"), "y")
                    .toModel(Map.of())))
        .isTrue();
  }

  @Test
  void loopsAreSeen() {
    assertThat(ControlFlow.isIn(Models.write(Models.slow(), folder.resolve("slow.onnx")))).isTrue();
    assertThat(ControlFlow.isIn(Models.write(Models.mlp(), folder.resolve("mlp.onnx")))).isFalse();
    assertThat(ControlFlow.isIn(folder.resolve("absent.onnx"))).isTrue();
  }
}
