package io.mlserve.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.Value;
import io.mlserve.model.ValueSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One loaded model. {@link #run} may be called by many threads at once; {@link #close} must not be
 * called while any of them is inside, and nothing may be called after it: the caller keeps count.
 */
public final class OnnxModel implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Signature signature;
  private final OutputShapes outputShapes;

  private volatile boolean pinning = true; // until the model proves that its shapes cannot be told

  private OnnxModel(
      OrtEnvironment environment,
      OrtSession session,
      Signature signature,
      OutputShapes outputShapes) {
    this.environment = environment;
    this.session = session;
    this.signature = signature;
    this.outputShapes = outputShapes;
  }

  /**
   * Loads the model file {@code file}; messages name it without its folder, for clients see them.
   * {@code DATA_LOSS} if it is no model that can run, {@code NOT_FOUND} if it is not there, {@code
   * UNIMPLEMENTED} if an input is no tensor, or has elements of a type that cannot be fed.
   */
  public static OnnxModel load(Path file, RuntimeOptions options) {
    if (!Files.isRegularFile(file)) {
      throw new MlserveException(ErrorCode.NOT_FOUND, "no model file " + file.getFileName());
    }
    OrtEnvironment environment = Environment.shared();
    try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
      settings.setIntraOpNumThreads(options.intraOpThreads());
      settings.setInterOpNumThreads(1);
      // A failed run throws; logged as well, every bad request would write to the server's stderr.
      settings.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      OrtSession session = environment.createSession(file.toString(), settings);
      return describe(environment, session);
    } catch (OrtException e) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS,
          "cannot load " + file.getFileName() + ": " + RunFailures.withoutPaths(e),
          e);
    }
  }

  private static OnnxModel describe(OrtEnvironment environment, OrtSession session)
      throws OrtException {
    boolean usable = false;
    try {
      Map<String, NodeInfo> inputs = session.getInputInfo();
      Map<String, NodeInfo> outputs = session.getOutputInfo();
      Signature signature = new Signature(Specs.inputs(inputs), Specs.outputs(outputs));
      OnnxModel model =
          new OnnxModel(environment, session, signature, OutputShapes.of(inputs, outputs));
      usable = true;
      return model;
    } finally {
      if (!usable) {
        session.close();
      }
    }
  }

  public Signature signature() {
    return signature;
  }

  /**
   * Runs the model once.
   *
   * @param request with exactly the inputs of the signature, and outputs that it has
   * @param memory where outputs of a size known before go; they are valid as long as it says
   * @return every output that is wanted by name, in the model's order
   */
  public Map<String, Value> run(InferRequest request, OutputMemory memory) {
    List<ValueSpec> wanted = wanted(request.outputs());
    Map<String, Tensor> pinned =
        pinning ? outputShapes.pin(wanted, request.inputs(), memory) : Map.of();
    try {
      return run(request.inputs(), wanted, pinned);
    } catch (OrtException e) {
      if (pinned.isEmpty()) {
        throw RunFailures.translate(e);
      }
    }
    // Either the request is at fault, or the model's dimension names promise what it does not keep.
    try {
      Map<String, Value> answer = run(request.inputs(), wanted, Map.of());
      pinning = false;
      return answer;
    } catch (OrtException e) {
      throw RunFailures.translate(e);
    }
  }

  /**
   * A run of these very shapes over this very memory, for all outputs; empty if the size of an
   * output is not known before a run. The caller closes it before the model.
   *
   * @param inputs exactly those of the signature
   * @param memory where outputs go; valid until the run is closed
   */
  public Optional<BoundRun> bind(Map<String, Tensor> inputs, OutputMemory memory) {
    List<ValueSpec> outputs = signature.outputs();
    Map<String, Tensor> pinned =
        pinning ? outputShapes.pin(outputs, inputs, memory) : Map.<String, Tensor>of();
    if (pinned.size() < outputs.size()) {
      return Optional.empty();
    }
    Map<String, Value> answer = new LinkedHashMap<>();
    outputs.forEach(output -> answer.put(output.name(), tensor(pinned, output)));
    Map<String, OnnxTensor> fed = new LinkedHashMap<>();
    Map<String, OnnxTensor> pins = new LinkedHashMap<>();
    boolean bound = false;
    try {
      open(inputs, fed);
      open(pinned, pins);
      bound = true;
      return Optional.of(new BoundRun(session, fed, pins, Collections.unmodifiableMap(answer)));
    } catch (OrtException e) {
      throw RunFailures.translate(e);
    } finally {
      if (!bound) {
        close(fed);
        close(pins);
      }
    }
  }

  private static Tensor tensor(Map<String, Tensor> pinned, ValueSpec output) {
    Tensor tensor = pinned.get(output.name());
    if (tensor == null) {
      throw new IllegalStateException("output '" + output.name() + "' is pinned twice");
    }
    return tensor;
  }

  private void open(Map<String, Tensor> tensors, Map<String, OnnxTensor> into) throws OrtException {
    for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
      into.put(tensor.getKey(), OrtTensors.of(environment, tensor.getValue()));
    }
  }

  private static void close(Map<String, OnnxTensor> tensors) {
    tensors.values().forEach(OnnxTensor::close);
  }

  private List<ValueSpec> wanted(Set<String> names) {
    return names.isEmpty()
        ? signature.outputs()
        : signature.outputs().stream().filter(output -> names.contains(output.name())).toList();
  }

  private Map<String, Value> run(
      Map<String, Tensor> inputs, List<ValueSpec> wanted, Map<String, Tensor> pinned)
      throws OrtException {
    Map<String, OnnxTensor> fed = new HashMap<>();
    Map<String, OnnxTensor> pins = new HashMap<>();
    try {
      open(inputs, fed);
      open(pinned, pins);
      Set<String> unpinned = new LinkedHashSet<>();
      for (ValueSpec output : wanted) {
        if (!pinned.containsKey(output.name())) {
          unpinned.add(output.name());
        }
      }
      try (OrtSession.Result result = session.run(fed, unpinned, pins)) {
        return answer(result, wanted, pinned);
      }
    } finally {
      close(fed);
      close(pins);
    }
  }

  private static Map<String, Value> answer(
      OrtSession.Result result, List<ValueSpec> wanted, Map<String, Tensor> pinned)
      throws OrtException {
    Map<String, Value> answer = new LinkedHashMap<>();
    for (ValueSpec output : wanted) {
      Tensor known = pinned.get(output.name());
      if (known != null) {
        answer.put(output.name(), known);
        continue;
      }
      OnnxValue value = result.get(output.name()).orElse(null);
      if (value == null) {
        throw new MlserveException(
            ErrorCode.INTERNAL, "output '" + output.name() + "' is missing from the answer");
      }
      answer.put(output.name(), OrtValues.copyOf(value, output.name()));
    }
    return answer;
  }

  /** Frees the native memory. Not while a run is under way, see the class comment. */
  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new MlserveException(
          ErrorCode.INTERNAL, "cannot close a model: " + RunFailures.text(e), e);
    }
  }
}
