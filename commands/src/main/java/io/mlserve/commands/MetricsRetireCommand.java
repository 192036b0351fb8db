package io.mlserve.commands;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.WebClient;
import io.mlserve.usage.ModelVersion;
import io.mlserve.usage.RetireCall;
import io.mlserve.usage.ServerUsage;
import io.mlserve.usage.UsageReport;
import io.mlserve.usage.UsageRule;
import io.mlserve.usage.Verdict;
import io.mlserve.usage.Window;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
          + " files stay. A server that sees use after all keeps the version and says why; the servers"
          + " after it are not asked."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:retired; with --dry-run: it would be",
      "2:the command line is wrong",
      "4:a server does not allow it",
      "5:a server cannot be reached, or is not done in time",
      "6:no server knows the version",
      "10:the version is in use",
      "12:too little is known to say whether it is in use"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve metrics retire uci_housing 3 \\",
      "      --servers http://10.0.0.5:8502,http://10.0.0.6:8502",
      "  mlserve metrics retire uci_housing 3 --servers http://127.0.0.1:8502 \\",
      "      --idle 7d --dry-run"
    })
public final class MetricsRetireCommand implements Callable<Integer> {
  private static final Duration STEP = Duration.ofMinutes(5);

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private UsageOptions usage;

  @Parameters(index = "0", paramLabel = "MODEL", description = "Whose version it is.")
  private String model;

  @Parameters(index = "1", paramLabel = "VERSION", description = "Its number.")
  private long version;

  @Option(
      names = {"--servers", "--target"},
      paramLabel = "URL",
      split = ",",
      required = true,
      description = "The admin listener of each server; all that share the traffic.")
  private List<String> servers = List.of();

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
      names = {"-n", "--dry-run"},
      description = "Make the report and say what would be done, but change nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    ModelVersion which = new ModelVersion(model, Long.toString(version));
    List<URI> uris = servers.stream().map(url -> ServerUrl.parse(spec, url)).toList();
    UsageRule rule = usage.rule();
    Window window = usage.window(Instant.now());
    WebClient web = new WebClient(timeout, 1L << 26, tokenFile.map(Secrets::bearer));
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
      if (!go) {
        say("hint: --force retires it all the same");
      }
      return go ? ExitStatus.OK : MetricsReportCommand.status(outcome);
    }
    boolean decided = force || rule.mostPerSecond() > 0; // which a server has no measure for
    return retire(new RetireCall(web, which, usage.length(), decided), uris);
  }

  private int retire(RetireCall call, List<URI> uris) {
    int retired = 0;
    for (URI server : uris) {
      RetireCall.Answer answer = call.at(server);
      switch (answer.result()) {
        case RETIRED -> {
          retired++;
          say("retired at " + server);
        }
        case ABSENT -> say("not there: " + server);
        case REFUSED -> {
          say("kept at " + server + ": " + Printable.line(answer.text()));
          if (retired > 0) {
            say(
                "hint: %d servers have retired it; POST /admin/v1/models/%s/versions/%d/load brings"
                        .formatted(retired, model, version)
                    + " it back");
          }
          return ExitStatus.CHECK_SAID_NO;
        }
      }
    }
    if (retired == 0) {
      throw unknown(new ModelVersion(model, Long.toString(version)));
    }
    return ExitStatus.OK;
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
