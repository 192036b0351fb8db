package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.ValueSpec;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads inputs and answers from files: JSON, one document or one a line; NumPy's arrays; folders
 * with ONNX's test data; perf_analyzer's JSON.
 */
public final class InputFiles {
  private static final Pattern TENSOR = Pattern.compile("(input|output)_(\\d+)\\.pb");

  private final Api api;
  private final Supplier<Signature> signature;

  /**
   * @param signature of the model; asked for only where a file does not say enough
   */
  public InputFiles(Api api, Supplier<Signature> signature) {
    this.api = api;
    this.signature = signature;
  }

  /** What a file or folder gives to send. */
  public InputSet inputs(Path path) {
    String name = String.valueOf(path.getFileName());
    if (Files.isDirectory(path)) {
      return testData(path);
    }
    byte[] bytes = bytes(path);
    if (isNumpy(name)) {
      return new InputSet(
          List.of(new Input.Tensors(numpy(name, bytes, inputNames()))), Optional.empty());
    }
    return documents(path.toString(), bytes);
  }

  /** What JSON documents give to send. */
  public InputSet documents(String name, byte[] bytes) {
    if (api == Api.RAW) {
      return documents(List.of(bytes), name, false);
    }
    return documents(JsonDocuments.cut(name, bytes), name, true);
  }

  /**
   * The right answers in a file.
   *
   * @param count how many there must be
   */
  public Expectation expectation(Path path, int count) {
    String name = String.valueOf(path.getFileName());
    List<RightAnswer> answers;
    if (Files.isDirectory(path)) {
      answers = testData(path).answers().orElseThrow(() -> noOutputs(path));
    } else if (isNumpy(name)) {
      answers = List.of(right(numpy(name, bytes(path), outputNames())));
    } else {
      byte[] bytes = bytes(path);
      if (api == Api.TFS_REST || api == Api.RAW) {
        return Expectation.parse(name, bytes, count);
      }
      answers =
          JsonDocuments.cut(name, bytes).stream()
              .map(document -> tensors(name, JsonDocuments.value(name, document)))
              .toList();
    }
    if (answers.size() != count) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "%s: %d answers (expected: %d, one for each input)"
              .formatted(name, answers.size(), count));
    }
    return new Expectation(name, answers);
  }

  private InputSet documents(List<byte[]> documents, String name, boolean json) {
    if (json && documents.size() == 1) {
      JsonValue only = JsonDocuments.value(name, documents.get(0));
      if (PerfAnalyzerData.is(only)) {
        return new PerfAnalyzerData(name, signature.get()).read(only);
      }
    }
    List<Input> inputs = new ArrayList<>();
    for (byte[] document : documents) {
      JsonValue value = json ? JsonDocuments.value(name, document) : new JsonValue.Nothing();
      inputs.add(new Input.Document(name, document, value));
    }
    return new InputSet(inputs, Optional.empty());
  }

  private static RightAnswer tensors(String name, JsonValue document) {
    try {
      boolean columns =
          JsonPaths.members(document).get("outputs") instanceof JsonValue.Listing list
              && !list.items().isEmpty()
              && JsonPaths.members(list.items().get(0)).containsKey("datatype");
      return columns
          ? OipRestDialect.answer(document, Unpooled.EMPTY_BUFFER)
          : TfsRestDialect.outputs(document);
    } catch (IOException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, name + ": " + e.getMessage() + " (expected: outputs)", e);
    }
  }

  // A folder with input_0.pb, ..., or with such folders, which ONNX calls test_data_set_N.
  private InputSet testData(Path folder) {
    List<Path> sets = new ArrayList<>();
    try (Stream<Path> children = Files.list(folder)) {
      children
          .filter(child -> String.valueOf(child.getFileName()).startsWith("test_data_set_"))
          .sorted()
          .forEach(sets::add);
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
    if (sets.isEmpty()) {
      sets.add(folder);
    }
    List<Input> inputs = new ArrayList<>();
    List<RightAnswer> answers = new ArrayList<>();
    for (Path set : sets) {
      Map<String, Tensor> in = dataSet(set, "input", inputNames());
      if (in.isEmpty()) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT, set + ": no inputs (expected: input_0.pb)");
      }
      inputs.add(new Input.Tensors(in));
      Map<String, Tensor> out = dataSet(set, "output", outputNames());
      if (!out.isEmpty()) {
        answers.add(right(out));
      }
    }
    boolean complete = answers.size() == inputs.size();
    return new InputSet(inputs, complete ? Optional.of(answers) : Optional.empty());
  }

  private Map<String, Tensor> dataSet(Path folder, String kind, List<String> names) {
    Map<Integer, Path> files = new TreeMap<>();
    try (Stream<Path> children = Files.list(folder)) {
      for (Path child : children.toList()) {
        Matcher tensor = TENSOR.matcher(String.valueOf(child.getFileName()));
        if (tensor.matches() && tensor.group(1).equals(kind)) {
          files.put(Integer.parseInt(tensor.group(2)), child);
        }
      }
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    files.forEach(
        (number, file) -> {
          OnnxTensorFile.Named named = OnnxTensorFile.read(file.toString(), bytes(file));
          boolean known = names.contains(named.name());
          String name = known || number >= names.size() ? named.name() : names.get(number);
          tensors.put(name, named.tensor());
        });
    return tensors;
  }

  private static Map<String, Tensor> numpy(String file, byte[] bytes, List<String> names) {
    NumpyFile reader = new NumpyFile(file);
    Map<String, Tensor> arrays =
        file.toLowerCase(Locale.ROOT).endsWith(".npz")
            ? reader.archive(bytes)
            : Map.of("", reader.array(bytes));
    // a single array goes by any name
    if (arrays.size() == 1 && names.size() == 1) {
      return Map.of(names.get(0), arrays.values().iterator().next());
    }
    return arrays;
  }

  private static RightAnswer right(Map<String, Tensor> tensors) {
    Map<String, TensorValues> values = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> values.put(name, TensorValues.of(tensor)));
    return new RightAnswer.Tensors(values);
  }

  private List<String> inputNames() {
    return signature.get().inputs().stream().map(ValueSpec::name).toList();
  }

  private List<String> outputNames() {
    return signature.get().outputs().stream().map(ValueSpec::name).toList();
  }

  private static boolean isNumpy(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".npz") || lower.endsWith(".npy");
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new MlserveException(ErrorCode.NOT_FOUND, file + ": no such file", e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static MlserveException unreadable(Path file, IOException cause) {
    return new MlserveException(
        ErrorCode.UNAVAILABLE, file + ": cannot be read: " + cause.getMessage(), cause);
  }

  private static MlserveException noOutputs(Path folder) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT, folder + ": no answers (expected: output_0.pb)");
  }
}
