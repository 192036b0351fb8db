package io.mlserve.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlserve.conformance.OperatorTests.Case;
import io.mlserve.model.ModelName;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.runtime.OnnxModel;
import io.mlserve.runtime.RuntimeOptions;
import io.mlserve.server.ModelServer;
import io.mlserve.store.ModelFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ONNX's light versions of well-known networks, whose weights are made as they run, give what ONNX
 * expects of them, through every protocol.
 */
class LightModelsTest {
  private static final Path FOLDER = OperatorTests.FOLDER.resolve("light");

  @ParameterizedTest
  @ValueSource(
      strings = {"bvlc_alexnet", "densenet121", "inception_v1", "resnet50", "squeezenet", "vgg19"})
  void networkGivesWhatIsExpected(String name) throws IOException {
    assumeTrue(Files.isDirectory(FOLDER), "ONNX's light models are not there: " + FOLDER);
    Path file = FOLDER.resolve("light_" + name + ".onnx");
    Case one = run(name, file);
    Tensor expected = OnnxTensorFile.read(FOLDER.resolve("light_" + name + "_output_0.pb"));
    assertClose(one.expected().values().iterator().next(), expected);
    List<String> failures = new ArrayList<>();
    try (ModelServer server =
        ConformanceServer.open(Map.of(new ModelName(name), new ModelFolder(file, "none")))) {
      Awaitility.await().atMost(120, TimeUnit.SECONDS).until(server.models()::isReady);
      for (Protocol protocol : Protocol.values()) {
        try (Door door = protocol.open(server)) {
          String difference = Protocol.difference(door, one);
          if (!difference.isEmpty()) {
            failures.add(protocol + ": " + difference);
          }
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  // ONNX's own runner feeds these models with 0/n, 1/n, 2/n, ... where no inputs come with them.
  private static Case run(String name, Path file) {
    try (OnnxModel model = OnnxModel.load(file, RuntimeOptions.defaults())) {
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      for (TensorSpec input : model.signature().inputs()) {
        Shape shape = input.shape();
        int count = (int) shape.elements();
        ByteBuffer data = ByteBuffer.allocateDirect(4 * count).order(ByteOrder.nativeOrder());
        for (int i = 0; i < count; i++) {
          data.putFloat((float) ((double) i / count));
        }
        inputs.put(
            input.name(),
            new Tensor.Numbers(input.type(), shape, data.flip().order(ByteOrder.nativeOrder())));
      }
      return new Case(name, file, inputs, OperatorTests.run(model, inputs));
    }
  }

  // The tolerances of ONNX's runner.
  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    ByteBuffer is = ((Tensor.Numbers) actual).data();
    ByteBuffer should = ((Tensor.Numbers) expected).data();
    for (int at = 0; at < should.limit(); at += 4) {
      float wanted = should.getFloat(at);
      assertThat(is.getFloat(at)).isCloseTo(wanted, within(1e-7f + 1e-3f * Math.abs(wanted)));
    }
  }
}
