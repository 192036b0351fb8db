package io.mlserve.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.net.Behaviour;
import io.mlserve.fixtures.net.FaultyHttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mlserve pull} as a shell sees it. */
class PullCommandTest {
  private static final byte[] BYTES = "the model".getBytes(StandardCharsets.UTF_8);

  private final FaultyHttpServer server = FaultyHttpServer.start();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path here;

  @AfterEach
  void stop() {
    server.close();
  }

  private int pull(Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] line = new String[arguments.length + 1];
    line[0] = "pull";
    for (int i = 0; i < arguments.length; i++) {
      line[i + 1] = arguments[i].toString();
    }
    return CommandLines.run(
        CommandLines.create(new PrintWriter(out, true), new PrintWriter(err, true)), line);
  }

  private static byte[] zip(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(BYTES);
    }
    return bytes.toByteArray();
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void successSaysNothing() {
    server.put("/m.onnx", BYTES);
    assertThat(pull(server.uri("/m.onnx"), here.resolve("got"))).isZero();
    assertThat(here.resolve("got")).hasBinaryContent(BYTES);
    assertThat(out.toString() + err).isEmpty();
  }

  @Test
  void existingFolderIsPutInto() {
    server.put("/m.onnx", BYTES);
    assertThat(pull(server.uri("/m.onnx"), here)).isZero();
    assertThat(here.resolve("m.onnx")).hasBinaryContent(BYTES);
  }

  @Test
  void secondRunDoesNothingAndSaysSo() throws IOException {
    server.put("/m.onnx", BYTES);
    Path target = here.resolve("got");
    pull(server.uri("/m.onnx"), target);
    Object before = Files.getLastModifiedTime(target);
    assertThat(pull(server.uri("/m.onnx"), target)).isZero();
    assertThat(err.toString()).isEqualTo(target + " is up to date: nothing was done\n");
    assertThat(pull(server.uri("/m.onnx"), target, "--exit-nothing-changed")).isEqualTo(9);
    assertThat(Files.getLastModifiedTime(target)).isEqualTo(before);
    assertThat(server.requests("GET", "/m.onnx")).hasSize(1);
  }

  @Test
  void pulledFolderIsRefreshedAndNotPutIntoItself() throws Exception {
    server.put("/models/m/a", BYTES);
    server.put(
        "/models/m/MANIFEST.sha256", (sha256(BYTES) + "  a\n").getBytes(StandardCharsets.UTF_8));
    Path target = here.resolve("m");
    assertThat(pull(server.uri("/models/m"), target)).isZero();
    assertThat(pull(server.uri("/models/m"), target)).isZero();
    assertThat(target.resolve("a")).hasBinaryContent(BYTES);
    assertThat(target.resolve("m")).doesNotExist();
  }

  @Test
  void resultIsOneJsonObject() throws Exception {
    server.put("/m.onnx", BYTES);
    Path target = here.resolve("got");
    String uri = server.uri("/m.onnx").toString().replace("http://", "http://me:secret@");
    assertThat(pull(uri + "?sig=secret", target, "--json")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            "{\"type\":\"summary\",\"source\":\""
                + server.uri("/m.onnx").toString().replace("http://", "http://***@")
                + "?sig=***\",\"path\":\""
                + target
                + "\",\"changed\":true,\"dryRun\":false,\"bytes\":9,\"files\":1,\"sha256\":\""
                + sha256(BYTES)
                + "\",\"resumedFrom\":0,\"attempts\":1}\n");
  }

  @ParameterizedTest
  @CsvSource({"401, 4", "403, 4", "404, 6", "429, 5", "500, 5", "503, 5"})
  void statusOfTheServerBecomesTheExitStatus(int status, int exit) {
    server.always("/m", Behaviour.normal().status(status));
    assertThat(pull(server.uri("/m"), here.resolve("m"), "--retries", "0")).isEqualTo(exit);
    assertThat(err.toString()).startsWith("mlserve pull: ").contains("(" + exit + ")");
    assertThat(out.toString()).isEmpty();
    assertThat(here.resolve("m")).doesNotExist();
  }

  @Test
  void troubleThatPassesIsRetried() {
    server.put("/m", BYTES);
    server.next("/m", Behaviour.normal(), Behaviour.normal().status(503));
    assertThat(pull(server.uri("/m"), here.resolve("m"))).isZero();
    assertThat(server.requests("GET", "/m")).hasSize(2);
  }

  @Test
  void wrongChecksumIsBadData() throws Exception {
    server.put("/m", BYTES);
    Path target = here.resolve("m");
    String wrong = sha256(new byte[1]);
    assertThat(pull(server.uri("/m"), target, "--sha256", wrong)).isEqualTo(7);
    assertThat(err.toString()).contains(sha256(BYTES)).contains(wrong);
    assertThat(target).doesNotExist();
    assertThat(pull(server.uri("/m"), target, "--sha256", sha256(BYTES))).isZero();
    assertThat(pull(server.uri("/m"), target, "--sha256", "abc")).isEqualTo(2);
  }

  @Test
  void archiveIsUnpacked() throws IOException {
    server.put("/model.zip", zip("m.onnx"));
    Path target = here.resolve("model");
    assertThat(pull(server.uri("/model.zip"), target, "--unpack")).isZero();
    assertThat(target.resolve("m.onnx")).hasBinaryContent(BYTES);
    assertThat(pull(server.uri("/model.zip"), target, "--unpack", "--exit-nothing-changed"))
        .isEqualTo(9);
    assertThat(here.toFile().list()).containsExactlyInAnyOrder("model", ".model.pull");
  }

  @Test
  void hostileArchiveIsRefused() throws IOException {
    server.put("/model.zip", zip("../evil"));
    assertThat(pull(server.uri("/model.zip"), here.resolve("model"), "--unpack")).isEqualTo(7);
    assertThat(here.toFile().list()).containsExactly(".model.pull");
  }

  @Test
  void limitIsALimit() {
    server.put("/m", BYTES);
    assertThat(pull(server.uri("/m"), here.resolve("m"), "--max-bytes", "8")).isEqualTo(8);
  }

  @Test
  void dryRunChangesNothing() {
    server.put("/m", BYTES);
    assertThat(pull(server.uri("/m"), here.resolve("m"), "--dry-run")).isZero();
    assertThat(err.toString()).contains("would pull " + server.uri("/m"));
    assertThat(pull(server.uri("/absent"), here.resolve("m"), "--dry-run")).isEqualTo(6);
    assertThat(here).isEmptyDirectory();
  }

  @Test
  void localFileIsASourceToo() throws IOException {
    Path source = Files.write(here.resolve("a b.onnx"), BYTES);
    assertThat(pull(source, here.resolve("c"))).isZero();
    assertThat(here.resolve("c")).hasBinaryContent(BYTES);
  }

  @Test
  void passwordComesFromAFileOnly() throws IOException {
    server.put("/m", BYTES);
    server.always("/m", Behaviour.normal().demanding("me", "p w"));
    Path file = Files.writeString(here.resolve("pw"), "p w\n");
    assertThat(pull(server.uri("/m"), here.resolve("m"), "--user", "me", "--password-file", file))
        .isZero();
    assertThat(pull(server.uri("/m"), here.resolve("m"), "--password", "x")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "s3://bucket/m, 2",
    "http:/m, 2",
    "'ftp://127.0.0.1/a%0d%0aDELE%20b', 2",
    "hdfs:///m, 2",
    "afs://host/m, 2",
    "http://127.0.0.1:1/m, 5",
    "/nonexistent/m, 6",
  })
  void badSourceIsOneLine(String source, int exit) {
    assertThat(pull(source, here.resolve("m"), "--retries", "0")).isEqualTo(exit);
    assertThat(err.toString().lines().filter(line -> !line.startsWith("hint:"))).hasSize(1);
  }

  @Test
  void sourceWithoutANameNeedsADestination() {
    assertThat(pull(server.uri("/"))).isEqualTo(2);
    assertThat(err.toString()).contains("DEST is missing");
  }
}
