package io.mlserve.commands;

import io.mlserve.change.Backoff;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.loop.OnExit;
import io.mlserve.monitor.LocalModel;
import io.mlserve.monitor.ModelCheck;
import io.mlserve.monitor.MonitorCycle;
import io.mlserve.monitor.MonitorEvent;
import io.mlserve.monitor.MonitorLoop;
import io.mlserve.monitor.MonitorPlan;
import io.mlserve.monitor.MonitorPlan.Effort;
import io.mlserve.monitor.MonitorPlan.Published;
import io.mlserve.monitor.MonitorPlan.Served;
import io.mlserve.monitor.Outcome;
import io.mlserve.monitor.Pace;
import io.mlserve.remote.Checksum;
import io.mlserve.remote.DownloadLimits;
import io.mlserve.remote.ModelSource;
import io.mlserve.remote.ModelSources;
import io.mlserve.remote.RetryPolicy;
import io.mlserve.remote.SourceUri;
import java.nio.file.Path;
import java.time.Duration;
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
  private static final Duration RETRY_BUDGET = Duration.ofMinutes(10);

  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // its options are what counts
  private CommonOptions common;

  @Mixin private MonitorSourceOptions source;

  @Option(
      names = {"--remote-model-name", "--remote_model_name"},
      required = true,
      paramLabel = "NAME",
      description = "The model: a file, an archive or a folder.")
  private String remoteModelName;

  @Option(
      names = {"--remote-donefile-name", "--remote_donefile_name"},
      required = true,
      paramLabel = "NAME",
      description = "The file whose change means that a new model is complete.")
  private String remoteDonefileName;

  @Option(
      names = {"--local-path", "--local_path"},
      required = true,
      paramLabel = "LOCAL_PATH",
      description = "Folder for the model; made if it is missing.")
  private Path localPath;

  @Option(
      names = {"--local-model-name", "--local_model_name"},
      required = true,
      paramLabel = "NAME",
      description = "Name of the model there: what 'mlserve serve --model' is given.")
  private String localModelName;

  @Option(
      names = {"--local-timestamp-file", "--local_timestamp_file"},
      paramLabel = "NAME",
      defaultValue = "fluid_time_file",
      description = "File in the model written after each install (default: ${DEFAULT-VALUE}).")
  private String timestampFile;

  @Option(
      names = {"--local-tmp-path", "--local_tmp_path"},
      paramLabel = "PATH",
      defaultValue = "_serving_monitor_tmp",
      description = "Folder for pulls, seen from LOCAL_PATH (default: ${DEFAULT-VALUE}).")
  private Path tmpPath;

  @Option(
      names = {"--unpacked-filename", "--unpacked_filename"},
      paramLabel = "NAME",
      description =
          "What the model is called inside its archive (default: the only folder at the top, else"
              + " all that is in it).")
  private Optional<String> unpackedFilename;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "10",
      description =
          "Sleep between two looks; a bare number is seconds (default: ${DEFAULT-VALUE}).")
  private Duration interval;

  @Option(
      names = "--jitter",
      paramLabel = "PART",
      defaultValue = "0.1",
      description = "Vary each sleep by up to this part of it (default: ${DEFAULT-VALUE}).")
  private double jitter;

  @Option(names = "--once", description = "Look once, install what is new, and exit.")
  private boolean once;

  @Option(
      names = "--exit-nothing-changed",
      description = "With --once: exit with status 9 if nothing is new.")
  private boolean exitNothingChanged;

  @Option(
      names = "--keep",
      paramLabel = "N",
      defaultValue = "3",
      description = "Old versions to keep on the disk, at least 1 (default: ${DEFAULT-VALUE}).")
  private int keep;

  @Option(
      names = "--sha256",
      paramLabel = "HEX",
      description = "Digest that the model file must have, whatever its donefile says.")
  private Optional<String> sha256;

  @Option(
      names = "--check-model",
      paramLabel = "on|off",
      defaultValue = "on",
      description =
          "Load and run each model once, in a process of its own, before it is installed (default:"
              + " ${DEFAULT-VALUE}).")
  private OnOff checkModel;

  @Option(
      names = "--check-timeout",
      paramLabel = "TIME",
      defaultValue = "2m",
      description = "How long that may take (default: ${DEFAULT-VALUE}).")
  private Duration checkTimeout;

  @Option(
      names = "--max-retries",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "Retries within one pull, each going on where the last ended (default: ${DEFAULT-VALUE}).")
  private int maxRetries;

  @Option(
      names = "--backoff",
      paramLabel = "FIRST..LONGEST",
      defaultValue = "1s..5m",
      converter = BackoffRange.class,
      description =
          "Wait before a failed update or an unreachable source is tried again, doubled each time"
              + " (default: ${DEFAULT-VALUE}).")
  private Backoff backoff;

  @Mixin private UnpackLimitOptions limits;

  @Option(
      names = "--on-update",
      paramLabel = "COMMAND",
      description =
          "Shell command to run after each install, with MODEL_PATH and MODEL_VERSION in its"
              + " environment. It may run again for a version, and is missed if the monitor is"
              + " killed just before.")
  private Optional<String> onUpdate;

  @Option(
      names = "--on-update-timeout",
      paramLabel = "TIME",
      defaultValue = "5m",
      description = "How long that may take (default: ${DEFAULT-VALUE}).")
  private Duration onUpdateTimeout;

  @Option(
      names = "--state-file",
      paramLabel = "FILE",
      description =
          "What was installed last, for the next start (default: .state.json beside the versions).")
  private Optional<Path> stateFile;

  @Override
  public Integer call() {
    MonitorPlan plan = plan();
    Pace pace = pace();
    SourceUri uri = source.uri();
    if (source.showsSecret()) {
      log.warn("monitor.secret every user here can read a command line; give the secret in a file");
    }
    OnExit children = OnExit.run("kill-children", MonitorCommand::killChildren);
    try (LocalModel local = LocalModel.open(plan.served(), MonitorCommand::log);
        ModelSource remote = ModelSources.open(uri, source.options())) {
      log(new MonitorEvent(MonitorEvent.Kind.STARTED, parameters(uri, plan)));
      MonitorCycle cycle = new MonitorCycle(plan, remote, local, check(), MonitorCommand::log);
      if (once) {
        return status(pass(cycle));
      }
      new MonitorLoop(() -> pass(cycle), pace, MonitorCommand::log).run();
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

  private Outcome pass(MonitorCycle cycle) {
    Outcome outcome = cycle.run();
    if (outcome instanceof Outcome.Installed installed && onUpdate.isPresent()) {
      try {
        new UpdateHook(onUpdate.get(), onUpdateTimeout).run(model(), installed.version());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the sleep that comes next ends at once
      }
    }
    return outcome;
  }

  // Java 17 has no switch over a sealed type.
  private int status(Outcome outcome) {
    if (outcome instanceof Outcome.Failed failed) {
      throw failed.failure();
    }
    if (outcome instanceof Outcome.Waiting waiting) {
      throw waiting.failure();
    }
    if (outcome instanceof Outcome.Unreadable unreadable) {
      throw unreadable.failure();
    }
    if (outcome instanceof Outcome.Absent) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND, "no donefile " + remoteDonefileName + " in " + source.uri());
    }
    return exitNothingChanged && outcome instanceof Outcome.UpToDate
        ? ExitStatus.NOTHING_CHANGED
        : ExitStatus.OK;
  }

  private Path model() {
    return localPath.resolve(localModelName);
  }

  private ModelCheck check() {
    return checkModel == OnOff.ON ? new ServeCheck(checkTimeout) : ModelCheck.none();
  }

  private Pace pace() {
    if (interval.isZero()) {
      throw usage("--interval: 0 (expected: more)");
    }
    if (!(jitter >= 0 && jitter < 1)) {
      throw usage("--jitter: " + jitter + " (expected: at least 0, less than 1)");
    }
    return new Pace(interval, jitter, backoff);
  }

  private MonitorPlan plan() {
    if (keep < 1) {
      throw usage("--keep: " + keep + " (expected: at least 1)");
    }
    if (maxRetries < 0) {
      throw usage("--max-retries: " + maxRetries + " (expected: at least 0)");
    }
    Duration longest = backoff.most().compareTo(RETRY_BUDGET) < 0 ? backoff.most() : RETRY_BUDGET;
    return new MonitorPlan(
        new Published(
            relative("--remote-model-name", remoteModelName),
            relative("--remote-donefile-name", remoteDonefileName),
            unpackedFilename,
            sha256.map(Checksum::parse)),
        new Served(model(), localPath.resolve(tmpPath), timestampFile, stateFile, keep),
        new Effort(
            DownloadLimits.DEFAULTS.withBytes(limits.limits().maxBytes()),
            limits.limits(),
            new RetryPolicy(maxRetries, backoff.first(), longest, RETRY_BUDGET),
            backoff));
  }

  private String relative(String option, String path) {
    String relative = path.replaceAll("^/+|/+$", "");
    if (relative.isEmpty()) {
      throw usage(option + ": '" + path + "' (expected: a name in --remote-path)");
    }
    return relative;
  }

  private String parameters(SourceUri uri, MonitorPlan plan) {
    return String.join(
        ", ",
        "type " + source.kind().name().toLowerCase(Locale.ROOT),
        "source " + uri,
        "model " + plan.published().model(),
        "donefile " + plan.published().donefile(),
        "unpacked name " + unpackedFilename.orElse("-"),
        "into " + plan.served().model(),
        "timestamp file " + timestampFile,
        "temporary " + plan.served().temporary(),
        "interval " + interval.toMillis() + " ms",
        "keep " + keep,
        "check " + checkModel.name().toLowerCase(Locale.ROOT));
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
