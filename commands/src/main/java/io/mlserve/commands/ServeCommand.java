package io.mlserve.commands;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpLimits;
import io.mlserve.runtime.RuntimeOptions;
import io.mlserve.server.MetricsOptions;
import io.mlserve.server.ModelServer;
import io.mlserve.server.ModelSources;
import io.mlserve.server.ServerOptions;
import io.mlserve.serving.ServingOptions;
import io.mlserve.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mlserve serve}: answers predictions, and swaps in new versions as they come. */
@Command(
    name = "serve",
    description = {
      "Serve ONNX models over HTTP and gRPC and swap in new versions without losing a request.",
      "",
      "A model is an .onnx file, a folder with one, or a folder with version folders 1, 2, ...."
          + " When the timestamp file in the folder is touched, or a new version folder is complete,"
          + " that version is loaded, checked and swapped in; whatever fails, the old one keeps"
          + " serving.",
      "",
      "The API is TensorFlow Serving's REST API: POST /v1/models/NAME:predict,"
          + " GET /v1/models/NAME, /v1/models/NAME/metadata; and the Open Inference Protocol, as"
          + " Triton's clients speak it: POST /v2/models/NAME/infer, GET /v2/models/NAME,"
          + " /v2/models/NAME/config, /v2/models/NAME/stats. Health: /livez, /readyz. Prometheus:"
          + " /metrics.",
      "",
      "Over gRPC: TensorFlow Serving's PredictionService and ModelService, the Open Inference"
          + " Protocol's GRPCInferenceService, health, reflection."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:stopped by SIGTERM, all requests answered; with --check: all models are good",
      "1:unexpected error",
      "2:wrong usage",
      "5:the port is taken, or SIGTERM left requests without an answer",
      "6:with --check: no model at a path",
      "7:with --check: a model does not load or run",
      "130:stopped by SIGINT, all requests answered"
    },
    footer = {
      "",
      "Examples:",
      "  mlserve serve --model uci_housing_model --port 9292",
      "  mlserve serve --model price=/models/price --model rank=/models/rank.onnx",
      "  mlserve serve --check --model new.onnx",
      "  curl -d '{\"instances\": [1.0]}' localhost:8501/v1/models/half_plus_two:predict",
      "  curl localhost:8501/v2/models/half_plus_two"
    })
public final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Mixin private ModelOptions models;

  @Mixin private AdminOptions operators;

  @Mixin private TlsOptions tls;

  @Mixin private MetricsServeOptions metrics;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "0.0.0.0",
      description = "Address to listen on (default: ${DEFAULT-VALUE}, all of them).")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8501",
      description = "Port for HTTP; 0 for a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--port-file",
      paramLabel = "FILE",
      description = "Write the port to FILE once the server listens.")
  private Optional<Path> portFile;

  @Mixin private GrpcServeOptions grpc;

  @Option(
      names = "--cors",
      paramLabel = "on|off",
      defaultValue = "off",
      description = "Let web pages of every origin use the HTTP port (default: ${DEFAULT-VALUE}).")
  private OnOff cors;

  @Option(
      names = {"--threads", "--thread"},
      paramLabel = "N",
      description = {
        "Threads that read requests and run fast models, and as many more for each slow one"
            + " (default: the number of cores)."
      })
  private Optional<Integer> threads;

  @Option(
      names = "--transport",
      paramLabel = "auto|nio|epoll|io_uring",
      defaultValue = "auto",
      description =
          "How sockets are watched: auto, epoll where it is there; nio, Java's own; io_uring, a"
              + " kernel of 5.14 or newer that lets this process use it (default:"
              + " ${DEFAULT-VALUE}).")
  private Transport transport;

  @Mixin private BatchingOptions batching;

  @Option(
      names = "--intra-op-threads",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Threads inside one run (default: ${DEFAULT-VALUE}, best when requests come in"
              + " parallel).")
  private int intraOpThreads;

  @Option(
      names = "--reload-interval",
      paramLabel = "TIME",
      defaultValue = "1s",
      description = "How often to look for a new version (default: ${DEFAULT-VALUE}).")
  private Duration reloadInterval;

  @Option(
      names = "--reload-trigger",
      paramLabel = "auto|none",
      defaultValue = "auto",
      description =
          "What brings in a new version: auto, the timestamp file, or a new version folder where"
              + " there is none; none, never (default: ${DEFAULT-VALUE}).")
  private ReloadTrigger reloadTrigger;

  @Option(
      names = "--warm-up",
      paramLabel = "on|off",
      defaultValue = "on",
      description =
          "Run a version once, on zeros, before it takes traffic (default: ${DEFAULT-VALUE}).")
  private OnOff warmUp;

  @Option(
      names = "--signature-change",
      paramLabel = "refuse|allow",
      defaultValue = "refuse",
      description =
          "Whether a new version may have inputs or outputs that break clients of the version"
              + " before (default: ${DEFAULT-VALUE}).")
  private SignatureChange signatureChange;

  @Option(
      names = "--max-inflight",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Predictions under way at once; more get 429 (default: ${DEFAULT-VALUE}).")
  private int maxInFlight;

  @Option(
      names = "--request-timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "A prediction that takes longer gets 504 (default: ${DEFAULT-VALUE}).")
  private Duration requestTimeout;

  @Option(
      names = "--max-body-size",
      paramLabel = "SIZE",
      defaultValue = "64MiB",
      description = "A larger request gets 413 (default: ${DEFAULT-VALUE}).")
  private ByteSize maxBodySize;

  @Option(
      names = "--max-header-size",
      paramLabel = "SIZE",
      defaultValue = "16KiB",
      description = "Larger headers get 431 (default: ${DEFAULT-VALUE}).")
  private ByteSize maxHeaderSize;

  @Option(
      names = "--header-timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "For the headers of a request to arrive (default: ${DEFAULT-VALUE}).")
  private Duration headerTimeout;

  @Option(
      names = "--body-timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "Without a byte of a body coming, or of an answer going (default: ${DEFAULT-VALUE}).")
  private Duration bodyTimeout;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      defaultValue = "75s",
      description = "Between two requests of one connection (default: ${DEFAULT-VALUE}).")
  private Duration idleTimeout;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Connections at once; more are closed (default: ${DEFAULT-VALUE}).")
  private int maxConnections;

  @Option(
      names = "--drain-delay",
      paramLabel = "TIME",
      defaultValue = "0s",
      description =
          "After SIGTERM: say not ready, but go on, so that load balancers can look elsewhere"
              + " (default: ${DEFAULT-VALUE}).")
  private Duration drainDelay;

  @Option(
      names = "--drain-timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "After SIGTERM and the delay: time for requests under way (default: ${DEFAULT-VALUE}).")
  private Duration drainTimeout;

  @Option(
      names = "--check",
      description = "Load every model, run it once, print its signature, and exit without serving.")
  private boolean check;

  @Option(names = "--json", description = "With --check: print JSON.")
  private boolean json;

  /** What brings in a new version. */
  enum ReloadTrigger {
    AUTO,
    NONE
  }

  /** Whether clients may be broken. */
  enum SignatureChange {
    REFUSE,
    ALLOW
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    requirePositive("--threads", threads.orElse(1));
    requirePositive("--intra-op-threads", intraOpThreads);
    requirePositive("--max-inflight", maxInFlight);
    requirePositive("--max-connections", maxConnections);
    if (port < 0 || port > 65535) {
      throw usage("--port: " + port + " (expected: 0 to 65535)");
    }
    requirePositive("--max-header-size", maxHeaderSize.bytes());
    requirePositive("--header-timeout", headerTimeout);
    requirePositive("--body-timeout", bodyTimeout);
    requirePositive("--idle-timeout", idleTimeout);
    requirePositive("--request-timeout", requestTimeout);
    if (reloadInterval.isZero()) {
      throw usage("--reload-interval: 0 (expected: more; --reload-trigger none turns reloads off)");
    }
    MetricsOptions shown = metrics.options();
    ModelSources sources = models.sources();
    return check
        ? ModelCheckReport.run(
            ModelOptions.all(sources), servingOptions(), spec.commandLine().getOut(), json)
        : serve(sources, shown);
  }

  private int serve(ModelSources sources, MetricsOptions shown) throws InterruptedException {
    Termination termination = Termination.listen();
    boolean answered;
    int status;
    try (ModelServer server = ModelServer.open(sources, options(), shown)) {
      announce(server);
      status = termination.await();
      answered = server.drain();
    }
    return answered ? status : ExitStatus.TRY_LATER;
  }

  private void announce(ModelServer server) {
    if (!common.isQuiet()) {
      spec.commandLine()
          .getErr()
          .printf(
              "mlserve serve: listening on %s://%s:%d%s%n",
              tls.files().isPresent() ? "https" : "http",
              host,
              server.port(),
              server.adminPort().isPresent()
                  ? ", for operators on " + operators.host() + ":" + server.adminPort().getAsInt()
                  : "");
      server
          .grpcPort()
          .ifPresent(
              number ->
                  spec.commandLine()
                      .getErr()
                      .printf("mlserve serve: listening for gRPC on %s:%d%n", host, number));
    }
    if (portFile.isPresent()) {
      writePort("--port-file", portFile.get().toAbsolutePath(), server.port());
    }
    if (operators.portFile().isPresent() && server.adminPort().isPresent()) {
      writePort(
          "--admin-port-file",
          operators.portFile().get().toAbsolutePath(),
          server.adminPort().getAsInt());
    }
    if (grpc.portFile().isPresent() && server.grpcPort().isPresent()) {
      writePort(
          "--grpc-port-file", grpc.portFile().get().toAbsolutePath(), server.grpcPort().getAsInt());
    }
  }

  private static void writePort(String option, Path file, int port) {
    try {
      Path partial = file.resolveSibling(file.getFileName() + ".part");
      Files.writeString(partial, port + "\n");
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND, option + ": cannot write " + file + " (expected: a folder)", e);
    }
  }

  private ServerOptions options() {
    return new ServerOptions(
        new InetSocketAddress(host, port),
        threads.orElseGet(() -> Runtime.getRuntime().availableProcessors()),
        maxInFlight,
        requestTimeout,
        new HttpLimits(
            maxBodySize.bytes(),
            (int) Math.min(maxHeaderSize.bytes(), 1 << 20),
            headerTimeout,
            bodyTimeout,
            idleTimeout,
            maxConnections),
        servingOptions(),
        new ServerOptions.Drain(drainDelay, drainTimeout),
        grpc.options(
            host, port, new GrpcServeOptions.Limits(maxBodySize, maxConnections), tls.files()),
        operators.modelControl(),
        tls.files(),
        operators.admin(port),
        cors == OnOff.ON,
        transport);
  }

  private ServingOptions servingOptions() {
    return new ServingOptions(
        reloadTrigger == ReloadTrigger.AUTO,
        reloadInterval,
        ServingOptions.defaults().retry(),
        warmUp == OnOff.ON,
        signatureChange == SignatureChange.ALLOW,
        new RuntimeOptions(intraOpThreads),
        batching.options());
  }

  private void requirePositive(String option, long value) {
    if (value < 1) {
      throw usage(option + ": " + value + " (expected: at least 1)");
    }
  }

  private void requirePositive(String option, Duration value) {
    if (value.isZero()) {
      throw usage(option + ": 0 (expected: more than 0)");
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
