package io.mlserve.commands;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.archive.Format;
import io.mlserve.archive.Member;
import io.mlserve.archive.SafeText;
import io.mlserve.archive.UnpackOptions;
import io.mlserve.archive.UnpackResult;
import io.mlserve.archive.Unpacker;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve unpack}: unpacks one archive, whole or not at all, or lists what is in it. */
@Command(
    name = "unpack",
    description = {
      "Unpack a tar, tar.gz, tar.bz2, tar.xz, tar.zst or zip archive, known by its content.",
      "",
      "The archive is untrusted: links, devices, paths that lead out, names that collide or deceive,"
          + " damage and bombs are refused. Everything is written beside DIR, checked, made durable"
          + " and renamed, so DIR appears whole or not at all. Members lie in DIR as they lie in the"
          + " archive. Like tar, it says nothing when all went well."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:unpacked, or listed, or DIR holds exactly this already",
      "2:wrong usage, or DIR is not empty",
      "4:not allowed to read the archive or to write DIR",
      "5:the archive cannot be read at the moment",
      "6:no such archive, or no folder to unpack into",
      "7:the archive is unsafe, damaged or not supported",
      "8:a limit is exceeded or the disk is full",
      "130:interrupted; nothing is left behind",
      "143:terminated; nothing is left behind"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve unpack resnet50.tar.gz                 # into the new folder resnet50",
      "  mlserve unpack resnet50.zip -C models/7 --strip 1",
      "  curl -fsS https://example.org/m.tgz | mlserve unpack - -C m",
      "  mlserve unpack --list --json resnet50.tar.zst"
    })
public final class UnpackCommand implements Callable<Integer> {
  private static final String STDIN = "-";
  private static final Pattern SUFFIX =
      Pattern.compile(
          "\\.(tar(\\.(gz|bz2|xz|zst))?|tgz|tbz2?|txz|tzst|zip)$", Pattern.CASE_INSENSITIVE);

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private UnpackLimitOptions limits;

  @Parameters(paramLabel = "ARCHIVE", description = "File to unpack; - for standard input.")
  private String archive;

  @Option(
      names = {"-C", "--directory"},
      paramLabel = "DIR",
      description =
          "A new or empty folder for the content; its parent must exist. Default: a new folder in"
              + " the current one, named like ARCHIVE without .tar.gz, .zip and the like.")
  private Optional<Path> directory;

  @Option(
      names = {"-t", "--list"},
      description =
          "Write nothing: check the whole archive as unpacking would, and print size and name of"
              + " each file and folder.")
  private boolean list;

  @Option(
      names = {"--strip", "--strip-components"},
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Drop the first N names of each path, and members with no more names than that.")
  private int strip;

  @Option(
      names = "--json",
      description = "Print JSON Lines, each with a 'type'; the last one is the summary.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (archive.equals(STDIN) && StandardInput.isTerminal()) {
      throw new ParameterException(
          spec.commandLine(), "standard input is a terminal (expected: an archive from a pipe)");
    }
    try (StopSignal stop = StopSignal.interrupts(Thread.currentThread())) {
      try {
        return list ? list() : unpack();
      } catch (MlserveException e) {
        if (Thread.interrupted()) {
          return stop.exitStatus(); // what it had written is removed; nobody needs to be told
        }
        throw e;
      }
    }
  }

  private int unpack() throws IOException {
    Path into = directory.orElseGet(this::defaultFolder);
    UnpackOptions options = new UnpackOptions(strip, true, this::tell);
    Unpacker unpacker = new Unpacker(limits.limits());
    UnpackResult result =
        archive.equals(STDIN)
            ? unpacker.unpack(System.in, "standard input", into, options)
            : unpacker.unpack(Path.of(archive), into, options);
    if (json) {
      print(summary(result));
    }
    report(into, result);
    return ExitStatus.OK;
  }

  private int list() throws IOException {
    Unpacker unpacker = new Unpacker(limits.limits());
    Listing listing = new Listing();
    Format format =
        archive.equals(STDIN)
            ? unpacker.list(System.in, "standard input", listing::add)
            : unpacker.list(Path.of(archive), listing::add);
    if (json) {
      print(listing.summary(format));
    }
    return ExitStatus.OK;
  }

  private Path defaultFolder() {
    if (archive.equals(STDIN)) {
      throw new ParameterException(
          spec.commandLine(), "unpacking standard input needs a folder: -C DIR");
    }
    String name = String.valueOf(Path.of(archive).getFileName());
    String plain = SUFFIX.matcher(name).replaceFirst("");
    if (plain.equals(name) || plain.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "no folder can be named after '" + name + "', name one with -C DIR");
    }
    return Path.of(plain);
  }

  private void tell(Member member) {
    if (common.verbosity() > 0 && !common.isQuiet()) {
      spec.commandLine().getErr().println(text(member));
    }
  }

  private void report(Path into, UnpackResult result) {
    PrintWriter err = spec.commandLine().getErr();
    if (common.isQuiet()) {
      return;
    }
    String folder = SafeText.of(into.toString());
    if (result.unchanged()) {
      err.printf(Locale.ROOT, "%s holds exactly this already: nothing was done%n", folder);
    } else if (common.verbosity() > 0) {
      err.printf(Locale.ROOT, "%d files, %d bytes in %s%n", result.files(), result.bytes(), folder);
    }
    if (result.skipped() > 0) {
      err.printf(
          Locale.ROOT, "%d members have too few names for --strip %d%n", result.skipped(), strip);
    }
  }

  private static String text(Member member) {
    return SafeText.of(member.path().toString()) + (member.folder() ? "/" : "");
  }

  private void print(String line) {
    spec.commandLine().getOut().println(line);
  }

  private static String summary(UnpackResult result) throws IOException {
    return line(
        "summary",
        object -> {
          object.writeStringField("folder", result.folder().toString());
          object.writeStringField("format", result.format().toString());
          object.writeNumberField("files", result.files());
          object.writeNumberField("folders", result.folders());
          object.writeNumberField("bytes", result.bytes());
          object.writeNumberField("skipped", result.skipped());
          object.writeBooleanField("unchanged", result.unchanged());
        });
  }

  private interface Fields {
    void write(JsonGenerator object) throws IOException;
  }

  private static String line(String type, Fields fields) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
      generator.writeStartObject();
      generator.writeStringField("type", type);
      fields.write(generator);
      generator.writeEndObject();
    }
    return text.toString();
  }

  /** Prints members as they come and counts them. */
  private final class Listing {
    private long files;
    private long folders;
    private long bytes;

    void add(Member member) {
      if (member.folder()) {
        folders++;
      } else {
        files++;
        bytes += member.size();
      }
      try {
        print(
            json
                ? json(member)
                : String.format(Locale.ROOT, "%12d  %s", member.size(), text(member)));
      } catch (IOException e) {
        throw new IllegalStateException("a string cannot be written to", e);
      }
    }

    private String json(Member member) throws IOException {
      return line(
          "entry",
          object -> {
            object.writeStringField("name", member.path().toString());
            object.writeStringField("kind", member.folder() ? "folder" : "file");
            object.writeNumberField("size", member.size());
          });
    }

    String summary(Format format) throws IOException {
      return line(
          "summary",
          object -> {
            object.writeStringField("format", format.toString());
            object.writeNumberField("files", files);
            object.writeNumberField("folders", folders);
            object.writeNumberField("bytes", bytes);
          });
    }
  }
}
