package io.mlserve.bench;

import io.mlserve.model.Signature;
import io.mlserve.store.ContentDigest;
import io.mlserve.store.ModelFiles;
import io.mlserve.store.ModelFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Puts load on one model of one server. Holds event loops, so it must be closed. One thread uses it
 * at a time.
 *
 * <p>Answers are checked on the event loop that received them, before the next request of that
 * connection is sent; the check is not part of any latency.
 */
public final class LoadGenerator implements AutoCloseable {
  private static final String TIMESTAMP_FILE = "fluid_time_file";

  private final Target target;
  private final Dialect dialect;
  private final Wire wire;
  private Optional<RequestFile> log = Optional.empty();

  private LoadGenerator(Target target, Wire wire) {
    this.target = target;
    this.dialect = Dialect.of(target);
    this.wire = wire;
  }

  /**
   * Looks the server up. Uses at most as many threads as the machine has cores, but for a model in
   * this process one for each connection.
   */
  public static LoadGenerator open(Target target, int connections) {
    int cores = Runtime.getRuntime().availableProcessors();
    int threads = Math.max(1, Math.min(connections, cores));
    Endpoint endpoint = target.endpoint();
    if (endpoint instanceof Endpoint.InProcess local) {
      return new LoadGenerator(target, LocalWire.open(file(target, local), connections));
    }
    return new LoadGenerator(
        target,
        endpoint instanceof Endpoint.Grpc grpc
            ? GrpcWire.open(grpc, target.access(), threads)
            : HttpWire.open(endpoint, target.access(), threads));
  }

  /**
   * Asks the server about the model.
   *
   * @param timeout longest wait for its answer
   */
  public ServedModel describe(Duration timeout) {
    if (target.endpoint() instanceof Endpoint.InProcess local) {
      ModelFiles files = files(target, local);
      return new ServedModel(
          files.version().isPresent()
              ? Optional.of(String.valueOf(files.version().getAsLong()))
              : Optional.empty());
    }
    return dialect.describe(questions(timeout));
  }

  /** Asks the server for what the model takes and gives, by its default signature. */
  public Signature signature(Duration timeout) {
    return wire instanceof LocalWire local
        ? local.signature()
        : dialect.signature(questions(timeout));
  }

  /** The SHA-256 of the model file; empty where the model is not in this process. */
  public Optional<String> digest() {
    if (target.endpoint() instanceof Endpoint.InProcess local) {
      try {
        return Optional.of("sha256:" + ContentDigest.ofFile(file(target, local)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Optional.empty();
  }

  /**
   * Makes a request of each input.
   *
   * @param signature of the model; asked for only where an input does not say enough
   */
  public List<Request> requests(List<Input> inputs, Supplier<Signature> signature) {
    List<Request> requests = new ArrayList<>();
    for (Input input : inputs) {
      requests.add(request(input, signature));
    }
    return requests;
  }

  /**
   * Sends every request once, one after the other, and takes the answers as right.
   *
   * @param timeout longest wait for one answer
   */
  public Expectation firstAnswers(List<Request> requests, Duration timeout) {
    return new FirstAnswers(questions(timeout), dialect, target.api()).ask(requests);
  }

  /** Has every request of the runs to come written to {@code file}, which the caller closes. */
  public void logTo(RequestFile file) {
    log = Optional.of(file);
  }

  /**
   * Runs the plan and returns when it is done. An interrupt ends it early: the report then says so,
   * and the thread's interrupt flag is set.
   */
  public BenchPoint run(LoadPlan plan, LoadListener listener) {
    return new LoadRun(wire, dialect, target.model(), plan, listener, log).execute();
  }

  @Override
  public void close() {
    wire.close();
  }

  private Request request(Input input, Supplier<Signature> signature) {
    if (input instanceof Input.Document document) {
      Optional<Request> asItIs = dialect.request(document.bytes(), document.value());
      if (asItIs.isPresent()) {
        return asItIs.get();
      }
      return dialect.request(
          new JsonTensors(document.name(), signature.get()).read(document.value()));
    }
    Map<String, io.mlserve.model.Tensor> tensors = ((Input.Tensors) input).values();
    return dialect.request(tensors);
  }

  private Questions questions(Duration timeout) {
    return new Questions(wire, target, timeout);
  }

  private static Path file(Target target, Endpoint.InProcess local) {
    return files(target, local).model();
  }

  private static ModelFiles files(Target target, Endpoint.InProcess local) {
    ModelFolder folder = new ModelFolder(local.model(), TIMESTAMP_FILE);
    return target.version().isPresent()
        ? folder.files(target.version().getAsLong())
        : folder.versionFiles().get(0);
  }
}
