package io.mlserve.commands;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.archive.UnpackLimits;
import io.mlserve.archive.UnpackOptions;
import io.mlserve.archive.Unpacker;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.JobResult;
import io.mlserve.remote.Checksum;
import io.mlserve.remote.DownloadLimits;
import io.mlserve.remote.ModelSource;
import io.mlserve.remote.ModelSources;
import io.mlserve.remote.Pull;
import io.mlserve.remote.PullResult;
import io.mlserve.remote.Retry;
import io.mlserve.remote.RetryPolicy;
import io.mlserve.remote.SourceUri;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve pull}: makes a local file or folder equal to a remote one. */
@Command(
    name = "pull",
    description = {
      "Download a model, a file or a folder, from file:, http:, https:, ftp:, ftps:, hdfs: or"
          + " webhdfs:.",
      "",
      "DEST appears whole or not at all. What fails for a while is tried again; an interrupted"
          + " download is continued by the next run as long as the source has not changed. When"
          + " neither side has changed since the last run, nothing is done. A folder on a web server"
          + " needs a file MANIFEST.sha256 that lists its files as sha256sum prints them."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:pulled, or DEST is up to date already",
      "2:wrong usage, or DEST is something that pull did not make",
      "4:the source refuses the login, or a file may not be read or written",
      "5:the source cannot be reached or is in trouble; try later",
      "6:no such file or folder",
      "7:the content is not what its checksum says, or the archive is unsafe or damaged",
      "8:a limit is exceeded or the disk is full",
      "9:nothing changed, if --exit-nothing-changed is given",
      "11:another process pulls into DEST",
      "130:interrupted; what came so far is kept for the next run"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve pull https://example.org/resnet50.tar.gz --unpack",
      "  mlserve pull hdfs://namenode:8020/models/resnet50 models/",
      "  mlserve pull ftp://host/m.onnx --user me --password-file ~/.ftp-password"
    })
public final class PullCommand implements Callable<Integer> {
  private static final Pattern SUFFIX =
      Pattern.compile(
          "\\.(tar(\\.(gz|bz2|xz|zst))?|tgz|tbz2?|txz|tzst|zip)$", Pattern.CASE_INSENSITIVE);
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration MOST_WAIT = Duration.ofMinutes(1);

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private SourceAccess access;
  @Mixin private PushOptions push;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "File or folder to download.")
  private String source;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "DEST",
      description =
          "File or folder to make, or an existing folder to put it in. Default: the last part of"
              + " SOURCE, in the current folder.")
  private Optional<Path> dest;

  @Option(
      names = "--sha256",
      paramLabel = "HEX",
      description = "Refuse a file with any other digest.")
  private Optional<String> sha256;

  @Option(
      names = "--unpack",
      description =
          "SOURCE is an archive: make its content the folder DEST, which must be new, empty or"
              + " pulled before. Default: SOURCE's name without .tar.gz, .zip and the like.")
  private boolean unpack;

  @Option(
      names = "--max-bytes",
      paramLabel = "SIZE",
      description = "Refuse a download of more than SIZE; with --unpack also its content.")
  private Optional<ByteSize> maxBytes;

  @Option(
      names = "--retries",
      paramLabel = "N",
      defaultValue = "5",
      description = "Try up to N times again what may pass by itself (${DEFAULT-VALUE}).")
  private int retries;

  @Option(
      names = "--retry-max-time",
      paramLabel = "TIME",
      defaultValue = "10m",
      description = "Begin no retry later than TIME after the start (${DEFAULT-VALUE}).")
  private Duration retryMaxTime;

  @Option(
      names = {"-n", "--dry-run"},
      description = "Ask the source and say what would be done, but change nothing.")
  private boolean dryRun;

  @Option(
      names = "--exit-nothing-changed",
      description = "Exit with 9 instead of 0 when DEST is up to date already.")
  private boolean exitNothingChanged;

  @Option(names = "--no-progress", description = "Show no progress.")
  private boolean noProgress;

  @Option(names = "--json", description = "Print one JSON object that says what was done.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    push.check();
    SourceUri uri = access.uri(source);
    Path target = target(uri);
    PullResult result = dryRun || !push.isWanted() ? pull(uri, target) : pullAndTell(uri, target);
    return !result.changed() && exitNothingChanged ? ExitStatus.NOTHING_CHANGED : ExitStatus.OK;
  }

  private PullResult pullAndTell(SourceUri uri, Path target) throws IOException {
    Instant began = Instant.now();
    PullResult result;
    try {
      result = pull(uri, target);
    } catch (MlserveException e) {
      tell(target, began, Optional.empty());
      throw e;
    }
    tell(target, began, Optional.of(result));
    return result;
  }

  private void tell(Path target, Instant began, Optional<PullResult> result) {
    Instant now = Instant.now();
    push.tell(
        new JobResult(
            "pull",
            now,
            Duration.between(began, now),
            result.isPresent(),
            result.isPresent()
                ? OptionalLong.of(result.get().changed() ? result.get().bytes() : 0)
                : OptionalLong.empty(),
            Map.of("model", String.valueOf(target.getFileName()))));
  }

  private PullResult pull(SourceUri uri, Path target) throws IOException {
    Pull.Request request =
        new Pull.Request(
            target,
            sha256.map(Checksum::parse),
            unpack ? Optional.of(this::unpack) : Optional.empty());
    boolean wanted = !noProgress && !common.isQuiet() && !dryRun;
    PullResult result;
    try (ModelSource opened = ModelSources.open(uri, access.options());
        TransferProgress progress =
            TransferProgress.on(spec.commandLine().getErr(), uri.name(), wanted)) {
      Pull pull = new Pull(opened, limits(), retry(), progress);
      result = dryRun ? pull.preview(request) : pull.run(request);
    }
    report(uri, result);
    return result;
  }

  private Path target(SourceUri uri) {
    String name = uri.name();
    String plain = unpack ? SUFFIX.matcher(name).replaceFirst("") : name;
    boolean nameless = plain.isEmpty() || plain.equals(".") || plain.equals("..");
    if (dest.isPresent()) {
      Path given = dest.get();
      boolean into = Files.isDirectory(given) && !unpack && !Pull.wasPulled(given);
      if (!into) {
        return given;
      }
      if (!nameless) {
        return given.resolve(plain);
      }
    }
    if (nameless || (unpack && plain.equals(name))) {
      throw new ParameterException(
          spec.commandLine(), "DEST is missing, and nothing can be named after '" + name + "'");
    }
    return Path.of(plain);
  }

  private void unpack(Path archive, Path into) {
    UnpackLimits usual = UnpackLimits.DEFAULTS;
    UnpackLimits limits =
        maxBytes
            .map(
                most ->
                    new UnpackLimits(
                        most.bytes(), usual.maxRatio(), usual.maxEntries(), usual.maxDepth()))
            .orElse(usual);
    new Unpacker(limits).unpack(archive, into, UnpackOptions.DEFAULTS);
  }

  private DownloadLimits limits() {
    return maxBytes
        .map(most -> DownloadLimits.DEFAULTS.withBytes(most.bytes()))
        .orElse(DownloadLimits.DEFAULTS);
  }

  private Retry retry() {
    if (retries < 0) {
      throw new ParameterException(
          spec.commandLine(), "--retries is " + retries + " (expected: 0 or more)");
    }
    return new Retry(new RetryPolicy(retries, FIRST_WAIT, MOST_WAIT, retryMaxTime));
  }

  private void report(SourceUri uri, PullResult result) throws IOException {
    if (json) {
      spec.commandLine().getOut().println(summary(uri, result));
    }
    if (common.isQuiet()) {
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    String target = Printable.line(result.target().toString());
    if (!result.changed()) {
      err.printf("%s is up to date: nothing %s done%n", target, dryRun ? "would be" : "was");
    } else if (dryRun) {
      err.printf("would pull %s as %s%n", uri, target);
    } else if (common.verbosity() > 0) {
      err.printf(
          "%s: %s in %d files, sha256 %s%n",
          target,
          TransferLine.size(result.bytes()),
          result.files(),
          result.sha256().map(Checksum::hex).orElse("unknown"));
    }
  }

  private String summary(SourceUri uri, PullResult result) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator object = new JsonFactory().createGenerator(text)) {
      object.writeStartObject();
      object.writeStringField("type", "summary");
      object.writeStringField("source", uri.toString());
      object.writeStringField("path", result.target().toString());
      object.writeBooleanField("changed", result.changed());
      object.writeBooleanField("dryRun", dryRun);
      object.writeNumberField("bytes", result.bytes());
      object.writeNumberField("files", result.files());
      if (result.sha256().isPresent()) {
        object.writeStringField("sha256", result.sha256().get().hex());
      }
      object.writeNumberField("resumedFrom", result.resumedFrom());
      object.writeNumberField("attempts", result.attempts());
      object.writeEndObject();
    }
    return text.toString();
  }
}
