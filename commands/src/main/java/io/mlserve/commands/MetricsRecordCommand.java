package io.mlserve.commands;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Exposition;
import io.mlserve.metrics.MetricFamily;
import io.mlserve.metrics.RecordedScrape;
import io.mlserve.metrics.ScrapeLog;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve metrics record}: writes down what servers count, for a later report. */
@Command(
    name = "record",
    description = {
      "Append a scrape of each server to a file, as a line of JSON; for cron.",
      "",
      "'metrics report --from FILE' reads it. What the report does not need is left out, unless"
          + " --all is given. A server that does not answer is recorded as such. Requests between"
          + " the last scrape and a restart of a server are never seen: record often."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:each server is recorded",
      "2:the command line is wrong",
      "4:the file may not be written",
      "5:no server could be recorded",
      "6:no such folder",
      "13:some servers could not be recorded"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve metrics record http://10.0.0.5:8501 http://10.0.0.6:8501 \\",
      "      --to scrapes.jsonl",
      "  */5 * * * * mlserve metrics record -q http://localhost:8501 --to s.jsonl"
    })
public final class MetricsRecordCommand implements Callable<Integer> {
  private static final Set<String> NEEDED =
      Set.of(
          "mlserve_requests_total",
          "mlserve_inflight_requests",
          "mlserve_model_state",
          "mlserve_model_loaded",
          "mlserve_model_last_request_timestamp_seconds",
          "process_start_time_seconds");

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private WebOptions web;

  @Parameters(arity = "1..*", paramLabel = "URL", description = "The servers.")
  private List<String> urls = List.of();

  @Option(
      names = "--to",
      paramLabel = "FILE",
      required = true,
      description = "Append to FILE; it is made if there is none.")
  private Path file;

  @Option(names = "--all", description = "Record all metrics, not only those of the report.")
  private boolean all;

  @Override
  public Integer call() {
    ScrapeLog log = new ScrapeLog(file);
    List<URI> uris = new ArrayList<>();
    for (String url : urls) {
      uris.add(ServerUrl.withPath(spec, url, ServerUrl.METRICS));
    }
    List<MlserveException> failures = new ArrayList<>();
    for (URI uri : uris) {
      try {
        String text = web.scrape().fetch(uri);
        Exposition scrape = Exposition.parse(text);
        log.append(
            new RecordedScrape(
                Instant.now(), uri.toString(), Optional.of(all ? text : needed(scrape).text())));
      } catch (MlserveException e) {
        if (e.code() == ErrorCode.INTERNAL) {
          throw e;
        }
        failures.add(e);
        log.append(new RecordedScrape(Instant.now(), uri.toString(), Optional.empty()));
      }
    }
    return status(failures, uris.size());
  }

  private int status(List<MlserveException> failures, int servers) {
    if (failures.isEmpty()) {
      return ExitStatus.OK;
    }
    if (failures.size() == servers) {
      throw failures.get(0);
    }
    if (!common.isQuiet()) {
      failures.forEach(
          failure ->
              spec.commandLine().getErr().println("warning: " + Printable.line(failure.message())));
    }
    return ExitStatus.PARTIAL;
  }

  private static Exposition needed(Exposition scrape) {
    List<MetricFamily> families =
        scrape.families().stream().filter(each -> NEEDED.contains(each.name())).toList();
    return new Exposition(families);
  }
}
