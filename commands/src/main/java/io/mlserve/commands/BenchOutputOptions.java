package io.mlserve.commands;

import io.mlserve.bench.RequestFile;
import io.mlserve.bench.chart.HtmlReport;
import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.ResultCsv;
import io.mlserve.bench.result.ResultHdrLog;
import io.mlserve.bench.result.ResultJson;
import io.mlserve.bench.result.ResultJunit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where the result of {@code mlserve bench} goes besides the terminal. */
final class BenchOutputOptions {
  private static final Path STDOUT = Path.of("-");

  @Option(
      names = "--json",
      arity = "0..1",
      paramLabel = "FILE",
      fallbackValue = "-",
      converter = PathConverter.class,
      parameterConsumer = OptionalValue.class,
      description = "Write the whole result as JSON; without FILE, or -, instead of the text.")
  private Optional<Path> json = Optional.empty();

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a report with charts: one page that needs nothing else.")
  private Optional<Path> html = Optional.empty();

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write a line of figures for each load.")
  private Optional<Path> csv = Optional.empty();

  @Option(
      names = "--hdr",
      paramLabel = "FILE",
      description = "Write the latencies as an HdrHistogram log, second by second.")
  private Optional<Path> hdr = Optional.empty();

  @Option(
      names = "--raw",
      paramLabel = "FILE",
      description = {
        "Write a line of JSON for every request: when it was due, sent and answered, and what became"
            + " of it. Not for inputs: bodies of any kind are sent with --api raw."
      })
  private Optional<Path> raw = Optional.empty();

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Write goals and limits as a JUnit report.")
  private Optional<Path> junit = Optional.empty();

  @Option(names = "--no-tui", description = "Show no live view, even on a terminal.")
  private boolean noTui;

  boolean isLive() {
    return !noTui;
  }

  /** Refuses folders that are not there, before anything is measured. */
  void check(CommandLine line) {
    Stream.of(json, html, csv, hdr, raw, junit)
        .flatMap(Optional::stream)
        .filter(file -> !file.equals(STDOUT))
        .forEach(
            file -> {
              Path folder = file.toAbsolutePath().getParent();
              if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
                throw new ParameterException(
                    line, "'%s' (expected: a file in a folder that exists)".formatted(file));
              }
            });
  }

  /** Where every request goes, if it is to be written down; to be closed. */
  Optional<RequestFile> requests() throws IOException {
    return raw.isPresent() ? Optional.of(RequestFile.open(raw.get())) : Optional.empty();
  }

  /** Writes all that was asked for, and the text unless JSON takes its place. */
  void write(BenchResult result, PrintWriter out) throws IOException {
    String document = ResultJson.write(result);
    // Charts are drawn from what was saved, so that the same JSON gives the same page.
    BenchResult saved = ResultJson.read("result", document.getBytes(StandardCharsets.UTF_8));
    save(html, HtmlReport.of(saved));
    save(csv, ResultCsv.write(saved));
    save(hdr, ResultHdrLog.write(saved));
    save(junit, ResultJunit.write(saved));
    if (json.isPresent() && json.get().equals(STDOUT)) {
      out.print(document);
    } else {
      save(json, document);
      new BenchText(saved).print(out);
    }
    out.flush();
  }

  private static void save(Optional<Path> file, String text) throws IOException {
    if (file.isPresent()) {
      BenchFiles.write(file.get(), text);
    }
  }

  /** Any path; without it picocli would not convert for {@link OptionalValue}. */
  static final class PathConverter implements ITypeConverter<Path> {
    @Override
    public Path convert(String text) {
      return Path.of(text);
    }
  }
}
