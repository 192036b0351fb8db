package io.mlserve.commands;

import io.mlserve.bench.BenchRun;
import io.mlserve.bench.Expectation;
import io.mlserve.bench.Expectations;
import io.mlserve.bench.Extent;
import io.mlserve.bench.GeneratedInputs;
import io.mlserve.bench.HostFacts;
import io.mlserve.bench.JsonDocuments;
import io.mlserve.bench.LoadFacts;
import io.mlserve.bench.LoadGenerator;
import io.mlserve.bench.LoadPlan;
import io.mlserve.bench.RunFacts;
import io.mlserve.bench.Schedule;
import io.mlserve.bench.ServedModel;
import io.mlserve.bench.Target;
import io.mlserve.bench.TargetFacts;
import io.mlserve.bench.Tolerance;
import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.Campaign;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve bench}: puts load on a model and reports latency, failures and wrong answers. */
@Command(
    name = "bench",
    synopsisSubcommandLabel = "[COMMAND]",
    subcommands = {BenchReportCommand.class, BenchCompareCommand.class, BenchPlotCommand.class},
    description = {
      "Put load on a model server and report what came back.",
      "",
      "Each connection sends its next request when it has the answer to the last (closed loop)."
          + " Latency runs from sending a request to the last byte of its answer; a percentile"
          + " marked ~ rests on too few requests. Requests of the warm-up are checked like all"
          + " others but not measured. Any failed request or wrong answer fails the run."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:every request got its right answer, and all goals hold",
      "2:the command line or an input file is wrong",
      "4:the server does not allow it",
      "5:the server cannot be reached",
      "6:no such model, version or file",
      "7:the server's description of the model cannot be read",
      "10:a request failed, an answer was wrong, a goal or a limit was missed",
      "12:too few requests for a goal, not stable, or the load generator could not keep up",
      "130:interrupted; what was measured is printed",
      "141:standard output was closed",
      "143:terminated; what was measured is printed"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve bench http://127.0.0.1:8501 -m half_plus_two -c 16 -d 30s",
      "  mlserve bench http://127.0.0.1:8501 -m uci_housing --input rows.ndjson --json",
      "  mlserve bench http://127.0.0.1:8501 -m uci_housing --input row.json \\",
      "      --expect-one-of v1.json v2.json",
      "  mlserve bench http://127.0.0.1:8501 -m uci_housing --slo 'p99<20ms' --html bench.html",
      "  mlserve bench report result.json"
    })
public final class BenchCommand implements Callable<Integer> {
  private static final Duration DEFAULT_DURATION = Duration.ofSeconds(10);
  private static final Duration LONGEST_FIRST_WAIT = Duration.ofSeconds(5);
  private static final int MOST_CONNECTIONS = 10_000;

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Mixin private BenchGoalOptions goals;

  @Mixin private BenchOutputOptions output;

  @Parameters(
      arity = "0..1", // a subcommand has none
      paramLabel = "URL",
      description = "Where the server's REST API is, http://HOST:PORT without /v1.")
  private @Nullable String url;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "NAME",
      description = "Model to send requests to.")
  private @Nullable String model;

  @Option(
      names = "--model-version",
      paramLabel = "N",
      description = "Version to ask for (default: whichever the server thinks right).")
  private Optional<Long> modelVersion;

  @Option(
      names = {"-c", "--concurrency"},
      paramLabel = "N",
      defaultValue = "1",
      description = "Connections, each with one request under way (default: 1).")
  private int concurrency;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "TIME",
      description = "How long to measure (default: 10s, or until --requests are done).")
  private Optional<Duration> duration;

  @Option(
      names = {"-n", "--requests"},
      paramLabel = "N",
      description = "How many requests to measure.")
  private Optional<Long> requests;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      defaultValue = "1s",
      description = "How long to send requests before measuring any (default: 1s).")
  private Duration warmup;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      defaultValue = "random",
      description = {
        "Body of a predict request as JSON, or one a line, sent in turn; - for standard input.",
        "'zeros' or 'random' (default) makes bodies up from the model's signature."
      })
  private String input;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1",
      description = "Rows in a body that is made up (default: 1).")
  private long batch;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Seed of random bodies; the same seed gives the same bodies (default: 42).")
  private long seed;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "Longest wait for one answer (default: 10s).")
  private Duration timeout;

  @Option(
      names = "--expect-one-of",
      paramLabel = "FILE",
      arity = "1..*",
      description = {
        "Every answer must be one of these. A file holds the answer of one version as JSON, with"
            + " several inputs one a line in their order. Reports how many answers each file"
            + " matched, and when."
      })
  private List<Path> expected = new ArrayList<>();

  @Option(
      names = "--rtol",
      paramLabel = "X",
      defaultValue = "1e-5",
      description =
          "Relative tolerance of numbers with a fraction (default: 1e-5); whole numbers must be"
              + " equal.")
  private double rtol;

  @Option(
      names = "--atol",
      paramLabel = "X",
      defaultValue = "1e-6",
      description = "Absolute tolerance, added to the relative one (default: 1e-6).")
  private double atol;

  @Override
  public Integer call() throws IOException {
    checkOptions();
    Target target =
        Target.parse(
            given("URL", url),
            given("option --model", model),
            modelVersion.map(OptionalLong::of).orElse(OptionalLong.empty()));
    goals.check(spec.commandLine());
    output.check(spec.commandLine());
    try (StopSignal stop = StopSignal.interrupts(Thread.currentThread());
        LoadGenerator generator = LoadGenerator.open(target, concurrency)) {
      ServedModel served = generator.describe(firstWait());
      LoadPlan plan = plan(inputs(generator));
      BenchProgress progress =
          new BenchProgress(spec.commandLine().getErr(), plan.extent(), common.isQuiet());
      Campaign.Outcome measured =
          goals.run(
              List.of(plan.schedule()),
              plan.extent(),
              (schedule, extent) -> generator.run(plan.with(schedule, extent), progress),
              progress);
      progress.end();
      Thread.interrupted(); // what is left is to report
      BenchRun run =
          new BenchRun(
              runFacts(measured), targetFacts(target, served), loadFacts(plan), measured.points());
      BenchResult result = goals.conclude(run, measured, stop.exitStatus());
      output.write(result, spec.commandLine().getOut());
      return result.findings().exitStatus();
    }
  }

  private String given(String what, @Nullable String value) {
    if (value == null) {
      throw new ParameterException(spec.commandLine(), what + " is missing");
    }
    return value;
  }

  private RunFacts runFacts(Campaign.Outcome measured) {
    return new RunFacts(
        Version.details().getOrDefault("mlserve", "unknown"),
        spec.commandLine().getParseResult().originalArgs(),
        seed,
        measured.points().get(0).startedAt(),
        HostFacts.ofThisMachine());
  }

  private static TargetFacts targetFacts(Target target, ServedModel served) {
    return new TargetFacts(
        target.base().toString(), "tfs-rest", target.model(), served.version(), Optional.empty());
  }

  private LoadFacts loadFacts(LoadPlan plan) {
    return new LoadFacts(
        Optional.empty(),
        plan.extent(),
        Duration.ZERO,
        Duration.ZERO,
        timeout,
        input,
        plan.inputs().size(),
        batch);
  }

  private void checkOptions() {
    atLeastOne("--concurrency", concurrency);
    if (concurrency > MOST_CONNECTIONS) {
      throw wrong("--concurrency", concurrency, "at most " + MOST_CONNECTIONS);
    }
    requests.ifPresent(count -> atLeastOne("--requests", count));
    modelVersion.ifPresent(version -> atLeast("--model-version", version, 0));
    atLeastOne("--batch", batch);
    if (timeout.isZero()) {
      throw wrong("--timeout", "0", "more than zero");
    }
    if (duration.isPresent() && duration.get().isZero()) {
      throw wrong("--duration", "0", "more than zero");
    }
    if (!(rtol >= 0 && atol >= 0)) {
      throw wrong("--rtol, --atol", rtol + ", " + atol, "0 or more");
    }
  }

  private void atLeastOne(String option, long value) {
    atLeast(option, value, 1);
  }

  private void atLeast(String option, long value, long least) {
    if (value < least) {
      throw wrong(option, value, "at least " + least);
    }
  }

  private ParameterException wrong(String option, Object value, String expectation) {
    return new ParameterException(
        spec.commandLine(), "%s: '%s' (expected: %s)".formatted(option, value, expectation));
  }

  private List<byte[]> inputs(LoadGenerator generator) throws IOException {
    return switch (input) {
      case "zeros" -> new GeneratedInputs(generator.inputs(firstWait()), batch).zeros();
      case "random" -> new GeneratedInputs(generator.inputs(firstWait()), batch).random(seed);
      case "-" -> {
        if (StandardError.isTerminal() && !common.isQuiet()) {
          spec.commandLine().getErr().println("reading requests from standard input");
        }
        yield JsonDocuments.cut("standard input", System.in.readAllBytes());
      }
      default -> JsonDocuments.cut(input, read(Path.of(input)));
    };
  }

  private LoadPlan plan(List<byte[]> inputs) throws IOException {
    List<Expectation> any = new ArrayList<>();
    for (Path file : expected) {
      any.add(Expectation.parse(String.valueOf(file.getFileName()), read(file), inputs.size()));
    }
    Optional<Duration> measured =
        requests.isPresent() ? duration : Optional.of(duration.orElse(DEFAULT_DURATION));
    Extent extent =
        new Extent(warmup, measured, requests.map(OptionalLong::of).orElse(OptionalLong.empty()));
    return new LoadPlan(
        new Schedule.Closed(concurrency),
        extent,
        timeout,
        inputs,
        new Expectations(any, new Tolerance(rtol, atol)));
  }

  // A host that swallows packets must not hold up the answer that it cannot be reached.
  private Duration firstWait() {
    return timeout.compareTo(LONGEST_FIRST_WAIT) < 0 ? timeout : LONGEST_FIRST_WAIT;
  }

  private static byte[] read(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new MlserveException(ErrorCode.NOT_FOUND, file + ": no such file", e);
    }
  }
}
