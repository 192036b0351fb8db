package io.mlserve.conformance;

import io.mlserve.error.MlserveException;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.Value;
import io.mlserve.runtime.OnnxModel;
import io.mlserve.runtime.RuntimeOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** ONNX's operator tests: those that ONNX Runtime runs in this process, with what it answers. */
final class OperatorTests {
  /** Where they lie, beside the repository; not part of it. */
  static final Path FOLDER = Path.of("../../shared/onnx-conformance").toAbsolutePath().normalize();

  private OperatorTests() {}

  /** A model with inputs for it, and what it answers to them here. */
  record Case(String name, Path model, Map<String, Tensor> inputs, Map<String, Tensor> expected) {}

  /** The cases, and of those that are left out the reason. */
  record Cases(List<Case> runnable, Map<String, String> leftOut) {}

  static Cases read() throws IOException {
    List<Case> runnable = new ArrayList<>();
    Map<String, String> leftOut = new TreeMap<>();
    try (Stream<Path> folders = Files.list(FOLDER.resolve("node"))) {
      for (Path folder : folders.sorted().toList()) {
        String name = folder.getFileName().toString();
        try {
          read(name, folder)
              .ifPresentOrElse(
                  runnable::add, () -> leftOut.put(name, "another answer each time: it is random"));
        } catch (MlserveException e) {
          leftOut.put(name, e.message());
        }
      }
    }
    return new Cases(runnable, leftOut);
  }

  private static Optional<Case> read(String name, Path folder) {
    Path file = folder.resolve("model.onnx");
    try (OnnxModel model = OnnxModel.load(file, RuntimeOptions.defaults())) {
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      int i = 0;
      for (TensorSpec input : model.signature().inputs()) {
        inputs.put(
            input.name(),
            OnnxTensorFile.read(folder.resolve("test_data_set_0/input_" + i++ + ".pb")));
      }
      Case one = new Case(name, file, inputs, run(model, inputs));
      return Optional.of(one).filter(any -> isRepeatable(model, one));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isRepeatable(OnnxModel model, Case one) {
    Map<String, Tensor> again = run(model, one.inputs());
    return one.expected().entrySet().stream()
        .allMatch(
            output ->
                Bytes.difference(
                        output.getValue(), Objects.requireNonNull(again.get(output.getKey())))
                    .isEmpty());
  }

  /** What {@code model} answers, copied. */
  static Map<String, Tensor> run(OnnxModel model, Map<String, Tensor> inputs) {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    Map<String, Value> answer =
        model.run(
            InferRequest.of(inputs),
            bytes -> ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder()));
    answer.forEach(
        (name, value) -> {
          if (value instanceof Tensor tensor) {
            outputs.put(name, Bytes.copy(tensor));
          }
        });
    return outputs;
  }
}
