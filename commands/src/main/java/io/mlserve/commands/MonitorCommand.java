package io.mlserve.commands;

import io.mlserve.loop.OnExit;
import io.mlserve.monitor.LocalModel;
import io.mlserve.monitor.MonitorCycle;
import io.mlserve.monitor.MonitorEvent;
import io.mlserve.monitor.MonitorLoop;
import io.mlserve.monitor.MonitorPlan;
import io.mlserve.monitor.MonitorPlan.Effort;
import io.mlserve.monitor.MonitorPlan.Published;
import io.mlserve.monitor.MonitorPlan.Served;
import io.mlserve.monitor.MonitorPreview;
import io.mlserve.monitor.Outcome;
import io.mlserve.monitor.Pace;
import io.mlserve.remote.DownloadLimits;
import io.mlserve.remote.ModelSource;
import io.mlserve.remote.ModelSources;
import io.mlserve.remote.SourceUri;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mlserve monitor}: keeps a local model equal to the newest published one. */
@Command(
    name = "monitor",
    description = {
      "Watch a source for new versions of a model and install each one for serve to pick up.",
      "",
      "When the donefile changes, the model is pulled, verified, unpacked and checked, then"
          + " installed in one step: LOCAL_PATH/NAME is a link to a folder in LOCAL_PATH/.versions"
          + " that holds exactly the published files. The timestamp file in it is written last."
          + " Whatever fails, what was served stays served, and it is tried again.",
      "",
      "A model is one file, an archive or a folder. A donefile may hold the archive's digest as"
          + " 'sha256=HEX' or as sha256sum prints it. Options may also be spelled with underscores,"
          + " as Paddle Serving's monitor has them."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:with --once: installed, or nothing is new",
      "1:unexpected error",
      "2:wrong usage",
      "4:not allowed to read the source or to write the folder",
      "5:with --once: the source cannot be asked at the moment",
      "6:with --once: no donefile, or no model beside it",
      "7:with --once: the model is damaged, unsafe or does not load",
      "8:with --once: a limit is exceeded or the disk is full",
      "9:with --once --exit-nothing-changed: nothing is new",
      "11:another process delivers this model",
      "130:stopped by SIGINT",
      "143:stopped by SIGTERM"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve monitor --general-host http://models:8080 --remote-path /prod \\",
      "    --remote-model-name uci.tar.gz --remote-donefile-name donefile \\",
      "    --local-path /srv/models --local-model-name uci",
      "  mlserve monitor --type hdfs --fs-name hdfs://namenode:8020 --remote-path / \\",
      "    --remote-model-name uci.tar.gz --remote-donefile-name donefile \\",
      "    --local-path . --local-model-name uci --interval 30s",
      "  mlserve monitor --once -q ...        # from cron; silent while all is well"
    })
public final class MonitorCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(MonitorCommand.class);

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;
  @Mixin private MonitorSourceOptions source;
  @Mixin private MonitorNames names;
  @Mixin private MonitorSchedule schedule;
  @Mixin private MonitorAcceptance acceptance;
  @Mixin private MonitorRetries retries;
  @Mixin private UnpackLimitOptions limits;
  @Mixin private MonitorHook hook;
  @Mixin private PushOptions push;

  @Option(
      names = "--state-file",
      paramLabel = "FILE",
      description =
          "What was installed last, for the next start (default: .state.json beside the versions).")
  private Optional<Path> stateFile;

  @Option(
      names = "--dry-run",
      description = "Look once, say what would be fetched, write nothing, and exit.")
  private boolean dryRun;

  @Option(
      names = "--json",
      description = "With --once or --dry-run: print one JSON object that says what came of it.")
  private boolean json;

  @Override
  public Integer call() {
    if (json && !schedule.once() && !dryRun) {
      throw new ParameterException(
          spec.commandLine(), "--json says what came of one look (expected: --once or --dry-run)");
    }
    push.check();
    MonitorPlan plan = plan();
    MonitorResults results = new MonitorResults(push, String.valueOf(names.model().getFileName()));
    Pace pace = schedule.pace(retries.backoff());
    SourceUri uri = source.uri();
    if (source.showsSecret()) {
      log.warn("monitor.secret every user here can read a command line; give the secret in a file");
    }
    if (dryRun) {
      try (ModelSource remote = ModelSources.open(uri, source.options())) {
        return status(plan, MonitorPreview.of(plan, remote));
      }
    }
    OnExit children = OnExit.run("kill-children", MonitorCommand::killChildren);
    try (LocalModel local = LocalModel.open(plan.served(), MonitorCommand::log);
        ModelSource remote = ModelSources.open(uri, source.options())) {
      log(new MonitorEvent(MonitorEvent.Kind.STARTED, parameters(uri, plan)));
      MonitorCycle cycle =
          new MonitorCycle(plan, remote, local, acceptance.check(), MonitorCommand::log);
      if (schedule.once()) {
        return status(plan, pass(cycle, results));
      }
      new MonitorLoop(() -> pass(cycle, results), pace, MonitorCommand::log).run();
      return ExitStatus.OK;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitStatus.INTERRUPTED;
    } finally {
      children.close();
    }
  }

  // A child that is left alone would go on pulling, or checking, for nobody.
  private static void killChildren() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  private static void log(MonitorEvent event) {
    switch (event.kind().weight()) {
      case DEBUG -> log.debug("{} {}", event.kind().code(), event.text());
      case INFO -> log.info("{} {}", event.kind().code(), event.text());
      case WARN -> log.warn("{} {}", event.kind().code(), event.text());
      case ERROR -> log.error("{} {}", event.kind().code(), event.text());
    }
  }

  private Outcome pass(MonitorCycle cycle, MonitorResults results) {
    Instant began = Instant.now();
    Outcome outcome = cycle.run();
    results.passed(outcome, began, Instant.now());
    if (outcome instanceof Outcome.Installed installed) {
      hook.installed(names.model(), installed.version());
    }
    return outcome;
  }

  private int status(MonitorPlan plan, Outcome outcome) {
    MonitorReport report = new MonitorReport(source.uri(), plan, outcome);
    if (json) {
      spec.commandLine().getOut().println(report.json());
    }
    report
        .failure()
        .ifPresent(
            failure -> {
              throw failure;
            });
    if (dryRun && !common.isQuiet()) {
      spec.commandLine().getErr().println(report.preview());
    }
    return outcome instanceof Outcome.UpToDate ? schedule.upToDateStatus() : ExitStatus.OK;
  }

  private MonitorPlan plan() {
    return new MonitorPlan(
        new Published(
            names.remoteModel(), names.donefile(), names.unpacked(), acceptance.expected()),
        new Served(
            names.model(), names.temporary(), names.timestampFile(), stateFile, acceptance.keep()),
        new Effort(
            DownloadLimits.DEFAULTS.withBytes(limits.limits().maxBytes()),
            limits.limits(),
            retries.withinPull(),
            retries.backoff()));
  }

  private String parameters(SourceUri uri, MonitorPlan plan) {
    return String.join(
        ", ",
        "type " + source.kind().name().toLowerCase(Locale.ROOT),
        "source " + uri,
        "model " + plan.published().model(),
        "donefile " + plan.published().donefile(),
        "unpacked name " + names.unpacked().orElse("-"),
        "into " + plan.served().model(),
        "timestamp file " + names.timestampFile(),
        "temporary " + plan.served().temporary(),
        "interval " + schedule.interval().toMillis() + " ms",
        "keep " + plan.served().keep(),
        "check " + acceptance.checkName());
  }
}
