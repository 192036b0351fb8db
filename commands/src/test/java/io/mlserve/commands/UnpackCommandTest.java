package io.mlserve.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnpackCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return CommandLines.run(
        CommandLines.create(new PrintWriter(out, true), new PrintWriter(err, true)), arguments);
  }

  private int unpack(Path archive, String... more) {
    String[] arguments = new String[more.length + 2];
    arguments[0] = "unpack";
    arguments[1] = archive.toString();
    System.arraycopy(more, 0, arguments, 2, more.length);
    return run(arguments);
  }

  private static byte[] zip(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        ZipEntry entry = new ZipEntry(name);
        zip.putNextEntry(entry);
        zip.write(name.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private Path archive(String... names) throws IOException {
    return Files.write(folder.resolve("model.zip"), zip(names));
  }

  private String target() {
    return folder.resolve("out").toString();
  }

  @Test
  void successIsSilent() throws IOException {
    assertThat(unpack(archive("m/model.onnx", "m/a/b"), "-C", target())).isZero();
    assertThat(folder.resolve("out/m/model.onnx")).hasContent("m/model.onnx");
    assertThat(out).hasToString("");
    assertThat(err).hasToString("");
  }

  @Test
  void verboseNamesWhatItWritesOnStandardError() throws IOException {
    assertThat(unpack(archive("m/model.onnx"), "-v", "-C", target())).isZero();
    assertThat(out).hasToString("");
    assertThat(err).hasToString("m/\nm/model.onnx\n1 files, 12 bytes in " + target() + "\n");
  }

  @Test
  void jsonIsOneSummaryLine() throws IOException {
    assertThat(unpack(archive("m/model.onnx"), "--json", "-C", target())).isZero();
    assertThat(out)
        .hasToString(
            "{\"type\":\"summary\",\"folder\":\""
                + folder.toRealPath().resolve("out")
                + "\",\"format\":\"zip\",\"files\":1,\"folders\":1,\"bytes\":12,\"skipped\":0,"
                + "\"unchanged\":false}\n");
    assertThat(err).hasToString("");
  }

  @Test
  void listShowsSizesAndNames() throws IOException {
    assertThat(unpack(archive("m/model.onnx"), "--list")).isZero();
    assertThat(out).hasToString("           0  m/\n          12  m/model.onnx\n");
    assertThat(folder).isDirectoryNotContaining("glob:**/model");
  }

  @Test
  void listAsJsonIsOneLineForEachMemberAndASummary() throws IOException {
    assertThat(unpack(archive("mod\u00e8le \"1\""), "--list", "--json")).isZero();
    assertThat(out)
        .hasToString(
            """
            {"type":"entry","name":"mod\u00e8le \\"1\\"","kind":"file","size":11}
            {"type":"summary","format":"zip","files":1,"folders":0,"bytes":11}
            """);
  }

  @Test
  void theSameOnceMoreDoesNothingAndSaysSo() throws IOException {
    Path archive = archive("model.onnx");
    unpack(archive, "-C", target());
    assertThat(unpack(archive, "-C", target())).isZero();
    assertThat(err).hasToString(target() + " holds exactly this already: nothing was done\n");
    assertThat(unpack(archive, "-q", "-C", target())).isZero();
    assertThat(err).hasToString("");
  }

  @Test
  void aFilledFolderIsAUsageError() throws IOException {
    Files.createDirectory(folder.resolve("out"));
    Files.createFile(folder.resolve("out/mine"));
    Path archive = archive("model.onnx");
    assertThat(unpack(archive, "-C", target())).isEqualTo(ExitStatus.USAGE);
    assertThat(err)
        .hasToString(
            "mlserve unpack: "
                + archive
                + ": folder '"
                + folder.toRealPath().resolve("out")
                + "' is not empty and 'model.onnx' in it is not what the archive holds (expected: a"
                + " new or empty folder) (2)\n"
                + "hint: unpack into another folder, or remove this one first\n");
  }

  @Test
  void anUnsafeArchiveIsOneLineAndStatusSeven() throws IOException {
    Path archive = archive("good", "../\u001b[2Jup");
    assertThat(unpack(archive, "-C", target())).isEqualTo(ExitStatus.BAD_DATA);
    assertThat(err)
        .hasToString(
            "mlserve unpack: "
                + archive
                + ": member '../\\u001b[2Jup' holds the control or direction character U+001B (7)\n");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void withJsonAnErrorIsOneObjectOnStandardError() throws IOException {
    assertThat(unpack(archive("../up"), "--json", "-C", target())).isEqualTo(ExitStatus.BAD_DATA);
    assertThat(out).hasToString("");
    assertThat(err.toString())
        .startsWith("{\"type\":\"error\",\"command\":\"mlserve unpack\",\"status\":7")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "--max-bytes,4,5KiB,unpacks to more than 4 bytes (the limit)",
    "--max-entries,2,3,holds more than 2 entries (the limit)",
    "--max-depth,2,3,lies 3 names deep (limit: 2)",
  })
  void eachLimitHasItsOption(String option, String small, String enough, String message)
      throws IOException {
    Path archive = archive("a/b/c");
    assertThat(unpack(archive, option, small, "-C", target())).isEqualTo(ExitStatus.LIMIT);
    assertThat(err.toString()).contains(message).contains("hint: raise this limit");
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(unpack(archive, option, enough, "-C", target())).isZero();
  }

  @Test
  void theRatioHasItsOption() throws IOException {
    Path archive = folder.resolve("zeros.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      zip.putNextEntry(new ZipEntry("zeros"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 65; i++) {
        zip.write(zeros);
      }
    }
    assertThat(unpack(archive, "--list")).isEqualTo(ExitStatus.LIMIT);
    assertThat(unpack(archive, "--list", "--max-ratio", "2000")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "--max-bytes,-1",
    "--max-bytes,10 q",
    "--max-ratio,0",
    "--max-entries,x",
    "--strip,-1"
  })
  void numbersThatMakeNoSenseAreUsageErrors(String option, String value) throws IOException {
    assertThat(unpack(archive("f"), option, value, "-C", target())).isEqualTo(ExitStatus.USAGE);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void leadingNamesCanBeStripped() throws IOException {
    assertThat(unpack(archive("top/model.onnx", "README"), "--strip", "1", "-C", target()))
        .isZero();
    assertThat(folder.resolve("out/model.onnx")).exists();
    assertThat(err).hasToString("1 members have too few names for --strip 1\n");
  }

  @Test
  void missingArchiveIsStatusSix() {
    Path absent = folder.resolve("absent.zip");
    assertThat(unpack(absent, "-C", target())).isEqualTo(ExitStatus.NOT_FOUND);
    assertThat(err).hasToString("mlserve unpack: " + absent + ": no such file (6)\n");
  }

  @Test
  void missingParentIsStatusSix() throws IOException {
    assertThat(unpack(archive("f"), "-C", folder.resolve("no/out").toString()))
        .isEqualTo(ExitStatus.NOT_FOUND);
    assertThat(folder.resolve("no")).doesNotExist();
  }

  @Test
  void aNameWithoutSuffixNeedsAFolder() throws IOException {
    Path archive = Files.write(folder.resolve("download"), zip("f"));
    assertThat(unpack(archive)).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("no folder can be named after 'download'");
  }

  @Test
  void standardInputIsReadAndNeedsAFolder() throws IOException {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(zip("model.onnx")));
      assertThat(run("unpack", "-", "-C", target())).isZero();
      assertThat(folder.resolve("out/model.onnx")).exists();
      System.setIn(new ByteArrayInputStream(zip("model.onnx")));
      assertThat(run("unpack", "-")).isEqualTo(ExitStatus.USAGE);
      System.setIn(new ByteArrayInputStream(zip("model.onnx")));
      assertThat(run("unpack", "--list", "-")).isZero();
      assertThat(out).hasToString("          10  model.onnx\n");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void languageAndTimeZoneChangeNothing() throws IOException {
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR-u-nu-arab"));
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
      assertThat(unpack(archive("INDEX", "m/I"), "--list")).isZero();
      assertThat(out).hasToString("           5  INDEX\n           0  m/\n           3  m/I\n");
      Path html = Files.writeString(folder.resolve("page"), "<HTML><TITLE>403</TITLE></HTML>");
      assertThat(unpack(html, "--list")).isEqualTo(ExitStatus.BAD_DATA);
      assertThat(err.toString()).contains("looks like HTML");
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void aMisspeltOptionIsExplained() throws IOException {
    assertThat(unpack(archive("f"), "--stripp", "1")).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("--strip");
  }

  @Test
  void everyStatusThatItReturnsIsInItsHelp() {
    assertThat(run("unpack", "--help")).isZero();
    assertThat(out.toString())
        .containsPattern("7 +the archive is unsafe, damaged or not supported");
  }
}
