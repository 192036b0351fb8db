package io.mlserve.commands;

import io.mlserve.bench.BenchRun;
import io.mlserve.bench.HostFacts;
import io.mlserve.bench.LoadFacts;
import io.mlserve.bench.LoadGenerator;
import io.mlserve.bench.LoadPlan;
import io.mlserve.bench.RequestFile;
import io.mlserve.bench.RunFacts;
import io.mlserve.bench.Schedule;
import io.mlserve.bench.ServedModel;
import io.mlserve.bench.Target;
import io.mlserve.bench.TargetFacts;
import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.Campaign;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mlserve bench}: puts load on a model and reports latency, failures and wrong answers. */
@Command(
    name = "bench",
    synopsisSubcommandLabel = "[COMMAND]",
    subcommands = {BenchReportCommand.class, BenchCompareCommand.class, BenchPlotCommand.class},
    description = {
      "Put load on a model server and report what came back.",
      "",
      "Closed loop (-c): each connection sends its next request when it has the answer to the"
          + " last. Open loop (-r): requests are sent when they are due. Latency runs from the time"
          + " at which a request was due to the last byte of its answer; a percentile"
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
      "  mlserve bench http://127.0.0.1:8501 -m uci_housing --slo 'p99<20ms' \\",
      "      --html bench.html",
      "  mlserve bench grpc://127.0.0.1:8500 -m uci_housing -r 500 -d 30s \\",
      "      --during 'touch model/fluid_time_file@10s'",
      "  mlserve bench inproc:model.onnx -c 1,2,4",
      "  mlserve bench report result.json"
    })
public final class BenchCommand implements Callable<Integer> {
  private static final Duration LONGEST_FIRST_WAIT = Duration.ofSeconds(5);

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Mixin private BenchGoalOptions goals;

  @Mixin private BenchOutputOptions output;

  @Mixin private BenchTargetOptions targetOptions;

  @Mixin private BenchLoadOptions load;

  @Mixin private BenchInputOptions inputOptions;

  @Mixin private BenchServerOptions server;

  @Override
  public Integer call() throws IOException {
    Target target = targetOptions.target();
    load.check();
    inputOptions.check();
    goals.check(spec.commandLine());
    output.check(spec.commandLine());
    Optional<URI> metrics = server.metrics(target);
    List<Schedule> schedules = load.schedules(target.api(), inputOptions.seed(), goals.isSearch());
    int connections = schedules.stream().mapToInt(Schedule::connections).max().orElse(1);
    try (StopSignal stop = StopSignal.interrupts(Thread.currentThread());
        LoadGenerator generator = LoadGenerator.open(target, connections);
        Requests requests = new Requests(output.requests())) {
      requests.file().ifPresent(generator::logTo);
      ServedModel served = generator.describe(firstWait());
      LoadPlan plan = plan(generator, target, schedules.get(0), metrics);
      Campaign.Outcome measured = measure(generator, target, plan, schedules);
      BenchRun run =
          new BenchRun(
              runFacts(measured),
              targetFacts(generator, target, served),
              loadFacts(plan),
              measured.points());
      BenchResult result = goals.conclude(run, measured, stop.exitStatus());
      if (requests.file().isPresent()) {
        requests.file().get().finish();
      }
      output.write(result, spec.commandLine().getOut());
      return result.findings().exitStatus();
    }
  }

  private Campaign.Outcome measure(
      LoadGenerator generator, Target target, LoadPlan plan, List<Schedule> schedules) {
    Rests rests = new Rests(load.cooldown());
    try (BenchProgress progress =
        BenchProgress.open(
            spec.commandLine().getErr(),
            target.model(),
            new BenchProgress.Steps(plan.extent(), schedules.size(), goals.isSearch()),
            common.isQuiet(),
            output.isLive())) {
      return goals.run(
          schedules,
          plan.extent(),
          (schedule, extent) -> {
            rests.rest();
            return generator.run(plan.with(schedule, extent), progress);
          },
          progress);
    } finally {
      Thread.interrupted(); // what is left is to report
    }
  }

  private LoadPlan plan(
      LoadGenerator generator, Target target, Schedule schedule, Optional<URI> metrics)
      throws IOException {
    BenchInputOptions.Prepared inputs =
        inputOptions.prepare(
            generator, targetOptions, target.api(), inputOptions.batch(load), firstWait());
    return new LoadPlan(
        schedule,
        load.extent(),
        load.ramp(),
        load.timeout(),
        inputs.requests(),
        inputs.expected(),
        load.during(),
        metrics);
  }

  private RunFacts runFacts(Campaign.Outcome measured) {
    return new RunFacts(
        Version.details().getOrDefault("mlserve", "unknown"),
        BenchArguments.hidden(spec.commandLine().getParseResult().originalArgs()),
        inputOptions.seed(),
        measured.points().get(0).startedAt(),
        HostFacts.ofThisMachine());
  }

  private TargetFacts targetFacts(LoadGenerator generator, Target target, ServedModel served) {
    return new TargetFacts(
        targetOptions.address(),
        target.api().word(),
        target.model(),
        served.version(),
        generator.digest());
  }

  private LoadFacts loadFacts(LoadPlan plan) {
    return new LoadFacts(
        load.scenario().map(BenchLoadOptions.Scenario::word),
        plan.extent(),
        load.ramp(),
        load.cooldown(),
        load.timeout(),
        inputOptions.input(),
        plan.requests().size(),
        inputOptions.batch(load));
  }

  // A host that swallows packets must not hold up the answer that it cannot be reached.
  private Duration firstWait() {
    return load.timeout().compareTo(LONGEST_FIRST_WAIT) < 0 ? load.timeout() : LONGEST_FIRST_WAIT;
  }

  /** The file of {@code --raw}, if there is one. */
  private record Requests(Optional<RequestFile> file) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      if (file.isPresent()) {
        file.get().close();
      }
    }
  }

  /** Pauses before every load but the first. */
  private static final class Rests {
    private final Duration pause;
    private boolean first = true;

    Rests(Duration pause) {
      this.pause = pause;
    }

    void rest() {
      if (!first) {
        try {
          Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt(); // the next run says so
        }
      }
      first = false;
    }
  }
}
