package io.mlserve.commands;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.WebClient;
import io.mlserve.store.VersionFolder;
import io.mlserve.usage.ModelVersion;
import io.mlserve.usage.RetireCall;
import io.mlserve.usage.RetiredAt;
import io.mlserve.usage.ServerUsage;
import io.mlserve.usage.UsageReport;
import io.mlserve.usage.UsageRule;
import io.mlserve.usage.Verdict;
import io.mlserve.usage.Window;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve metrics retire}: takes a version out of service that nobody asks for. */
@Command(
    name = "retire",
    description = {
      "Take a version out of service at all servers, if nobody asks for it any more.",
      "",
      "First the report of 'metrics report --servers' is made; unless it says SAFE, nothing is done."
          + " Then each server is asked to retire the version, and looks once more itself: new"
          + " requests for the version are refused, those under way end, its memory is freed. The"
          + " files stay, unless --delete is given. A server that sees use after all keeps the version and says why; the servers"
          + " after it are not asked."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:retired; with --dry-run: it would be",
      "2:the command line is wrong",
      "4:a server does not allow it",
      "5:a server cannot be reached, or is not done in time",
      "6:no server knows the version",
      "10:the version is in use, or was asked for during --grace",
      "12:too little is known to say whether it is in use"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve metrics retire uci_housing 3 \\",
      "      --servers http://10.0.0.5:8502,http://10.0.0.6:8502",
      "  mlserve metrics retire uci_housing 3 --servers http://127.0.0.1:8502 \\",
      "      --idle 7d --dry-run",
      "  mlserve metrics retire uci_housing 3 --discover dns:mlserve:8502 --grace 10m"
    })
public final class MetricsRetireCommand implements Callable<Integer> {
  private static final Duration STEP = Duration.ofMinutes(5);
  private static final Duration LOOK = Duration.ofMillis(500);

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private UsageOptions usage;
  @Mixin private FleetOptions fleet;

  @Parameters(index = "0", paramLabel = "MODEL", description = "Whose version it is.")
  private String model;

  @Parameters(index = "1", paramLabel = "VERSION", description = "Its number.")
  private long version;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Show the token in FILE to the servers.")
  private Optional<Path> tokenFile;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "60s",
      description = "Longest time for one server to drain and unload (default: 60s).")
  private Duration timeout;

  @Option(
      names = "--force",
      description = "Retire it whatever the report says; requests that need it will fail.")
  private boolean force;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      defaultValue = "0s",
      description =
          "Watch for so long after it is out of service everywhere; if somebody asks for it, bring"
              + " it back (default: 0s).")
  private Duration grace;

  @Option(
      names = "--delete",
      description =
          "Delete the folder of the version in the end; with --yes, and for servers on this machine"
              + " only.")
  private boolean delete;

  @Option(names = "--yes", description = "Yes, delete.")
  private boolean yes;

  @Option(
      names = {"-n", "--dry-run"},
      description = "Make the report and say what would be done, but change nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    check();
    ModelVersion which = new ModelVersion(model, Long.toString(version));
    List<URI> uris = fleet.uris();
    UsageRule rule = usage.rule();
    Window window = usage.window(Instant.now());
    WebClient web = new WebClient(timeout, 1L << 26, tokenFile.map(Secrets::bearer));
    boolean decided = force || rule.mostPerSecond() > 0; // which a server has no measure for
    RetireCall call = new RetireCall(web, which, usage.length(), decided);
    List<Path> folders = delete ? folders(call, uris) : List.of();
    UsageReport all = rule.judge(new ServerUsage(uris, web, STEP).survey(window), window);
    UsageReport report = all.only(which::equals);
    print(report);
    Verdict.Kind outcome = report.outcome();
    if (report.rows().isEmpty() && report.doubts().isEmpty()) {
      throw unknown(which);
    }
    boolean go = outcome == Verdict.Kind.SAFE || force;
    if (!go || dryRun) {
      say(go ? "would retire " + which : which + " stays");
      folders.forEach(folder -> say((go ? "would delete " : "keeps ") + folder));
      if (!go) {
        say("hint: --force retires it all the same");
      }
      return go ? ExitStatus.OK : MetricsReportCommand.status(outcome);
    }
    List<RetiredAt> retired = new ArrayList<>();
    int status = retire(call, uris, retired);
    if (status == ExitStatus.OK && isMissed(retired)) {
      return ExitStatus.CHECK_SAID_NO;
    }
    if (status == ExitStatus.OK) {
      folders.forEach(this::delete);
    }
    return status;
  }

  private void check() {
    if (!fleet.isGiven()) {
      throw usage("no server (expected: --servers or --discover)");
    }
    if (delete && !yes) {
      throw usage("--delete: deletes files (expected: --yes as well)");
    }
    if (force && !grace.isZero()) {
      throw usage("--grace: with --force (expected: one of them)");
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  // Looked up before anything is done: afterwards no server knows where it was.
  private List<Path> folders(RetireCall call, List<URI> uris) {
    Set<Path> folders = new LinkedHashSet<>();
    for (URI server : uris) {
      if (!isHere(server)) {
        throw usage("--delete: " + server + " (expected: servers on this machine)");
      }
      call.fileAt(server).ifPresent(file -> folders.add(VersionFolder.of(Path.of(file), version)));
    }
    return List.copyOf(folders);
  }

  private static boolean isHere(URI server) {
    try {
      return InetAddress.getByName(server.getHost()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private void delete(Path folder) {
    VersionFolder.delete(folder);
    say("deleted " + folder);
  }

  private int retire(RetireCall call, List<URI> uris, List<RetiredAt> retired) {
    for (URI server : uris) {
      RetireCall.Answer answer = call.at(server);
      switch (answer.result()) {
        case RETIRED -> {
          retired.add(new RetiredAt(call.web(), server, call.version(), answer.last()));
          say("retired at " + server);
          if (!answer.persistent()) {
            say("hint: it is loaded again when that server restarts, unless its files go");
          }
        }
        case ABSENT -> say("not there: " + server);
        case REFUSED -> {
          say("kept at " + server + ": " + Printable.line(answer.text()));
          if (!retired.isEmpty()) {
            say(
                "hint: %d servers have retired it; POST /admin/v1/models/%s/versions/%d/load brings"
                        .formatted(retired.size(), model, version)
                    + " it back");
          }
          return ExitStatus.CHECK_SAID_NO;
        }
      }
    }
    if (retired.isEmpty()) {
      throw unknown(call.version());
    }
    return ExitStatus.OK;
  }

  // What one server turns away it would have answered, and so would the others.
  private boolean isMissed(List<RetiredAt> retired) throws InterruptedException {
    if (grace.isZero()) {
      return false;
    }
    say("watching for " + grace.toSeconds() + " s");
    long deadline = System.nanoTime() + grace.toNanos();
    boolean missed = false;
    while (!missed && System.nanoTime() - deadline < 0) {
      long left = deadline - System.nanoTime();
      TimeUnit.NANOSECONDS.sleep(Math.min(left, LOOK.toNanos()));
      missed = retired.stream().anyMatch(RetiredAt::isMissed);
    }
    if (missed) {
      say("somebody asks for it: it comes back");
      retired.forEach(RetiredAt::bringBack);
    }
    return missed;
  }

  private void print(UsageReport report) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      UsageJson.print(out, report);
    } else {
      new UsageTable(report, spec.usageMessage().width()).print(out);
    }
    report.doubts().forEach(doubt -> say("warning: " + Printable.line(doubt)));
  }

  private void say(String line) {
    if (!common.isQuiet()) {
      spec.commandLine().getErr().println(line);
    }
  }

  private static MlserveException unknown(ModelVersion version) {
    return new MlserveException(
        ErrorCode.NOT_FOUND, version + ": no server knows it (expected: a version that is served)");
  }
}
