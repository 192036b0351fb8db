package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.cli.BenchSubject.Run;
import io.mlserve.fixtures.onnx.Models;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code mlserve bench} sends and how, with {@code mlserve serve} at the other end. */
@Timeout(60)
@SuppressWarnings("ByteBufferBackingArray") // of allocate, a few methods away
class BenchInputsTest {

  @TempDir private static Path dir;

  private static BenchSubject server;
  private static int version = 1;

  @BeforeAll
  static void serve() throws IOException {
    Path model = Files.createDirectories(dir.resolve("model/1"));
    Models.write(Models.halfPlus(1), model.resolve("model.onnx"));
    server = BenchSubject.serve(dir, dir.resolve("model"), "--reload-interval=20ms");
    server.awaitModel();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tfs-rest", "v2", "v2-binary", "v2-grpc", "tfs-grpc"})
  void arraysOfNumpyAreSentAndExpected(String api) throws IOException {
    Path one = Files.write(dir.resolve("x.npy"), npy(2, 4));
    Path many = npz("in.npz", "x", npy(2, 4));
    Path right = npz("right.npz", "y", npy(1 + now(), 2 + now()));
    Path wrong = npz("wrong.npz", "y", npy(1 + now(), 3 + now()));

    assertAllRight(server.bench(api, "-n20", "--input=" + one, "--expect=" + right));
    assertAllRight(server.bench(api, "-n20", "--input=" + many, "--expect=" + right));
    assertAllWrong(server.bench(api, "-n20", "--input=" + many, "--expect=" + wrong));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tfs-rest", "v2-grpc"})
  void testDataOfOnnxHasItsAnswers(String api) throws IOException {
    Path sets = Files.createDirectories(dir.resolve("sets-" + api));
    for (int set = 0; set < 2; set++) {
      Path folder = Files.createDirectories(sets.resolve("test_data_set_" + set));
      Files.write(folder.resolve("input_0.pb"), pb("x", 2, 4 + set));
      Files.write(folder.resolve("output_0.pb"), pb("", 1 + now(), 2 + set / 2f + now()));
    }
    assertAllRight(server.bench(api, "-n20", "--input=" + sets));

    Files.write(sets.resolve("test_data_set_1/output_0.pb"), pb("y", 0, 0));
    Run half = server.bench(api, "-n20", "--input=" + sets);
    assertThat(half.status()).isEqualTo(10);
    assertThat(half.out()).contains("20 sent, 10 ok, 10 failed").contains("to input 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "tfs-grpc"})
  void jsonOfPerfAnalyzerHasItsAnswers(String api) throws IOException {
    String data =
        """
        {"data": [{"x": [2.0, 4.0]}, {"x": {"content": [6.0], "shape": [1]}},
                  {"x": {"b64": "AAAAQQ==", "shape": [1]}}],
         "validation_data": [{"y": [%s, %s]}, {"y": [%s]}, {"y": [%s]}]}
        """;
    Path right =
        Files.writeString(
            dir.resolve("pa.json"), data.formatted(1 + now(), 2 + now(), 3 + now(), 4 + now()));
    Path wrong =
        Files.writeString(
            dir.resolve("pa-wrong.json"),
            data.formatted(1 + now(), 2 + now(), 3 + now(), 5 + now()));

    assertAllRight(server.bench(api, "-n21", "--input=" + right));
    Run third = server.bench(api, "-n21", "--input=" + wrong);
    assertThat(third.status()).as(third.out() + third.err()).isEqualTo(10);
    assertThat(third.out()).contains("21 sent, 14 ok, 7 failed").contains("to input 3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tfs-rest", "v2-binary"})
  void linesOfJsonAreSentInTurn(String api) throws IOException {
    Path rows =
        Files.writeString(
            dir.resolve("rows.ndjson"), "{\"instances\": [2]}\n{\"instances\": [4, 6]}\n");
    Path right =
        Files.writeString(
            dir.resolve("right.ndjson"),
            "{\"predictions\": [%s]}\n{\"predictions\": [%s, %s]}\n"
                .formatted(1 + now(), 2 + now(), 3 + now()));

    assertAllRight(server.bench(api, "-n20", "--input=" + rows, "--expect=" + right));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v2-binary", "v2-grpc", "tfs-grpc"})
  void answersThatBecomeWrongUnderLoadAreFound(String api) throws IOException {
    version++;
    Path staged = Files.createDirectories(dir.resolve("staged/" + version));
    Models.write(Models.halfPlus(version), staged.resolve("model.onnx"));
    Run run =
        server.bench(
            api,
            "-d2s",
            "-r100",
            "--check-first",
            "--during=mv '%s' '%s'@500ms".formatted(staged, dir.resolve("model/" + version)));

    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(10);
    assertThat(run.out()).contains("wrong-answer").contains("exit status 0");
    assertThat(run.lastLine()).startsWith("RESULT fail").doesNotContain("wrong=0");
    assertThat(run.lastLine()).doesNotContain("rate=0.0"); // some came before
  }

  @Test
  void serverCountsWhatWasSent() {
    Run http = server.bench("v2", "-n60", "--server-metrics=auto", "-c", "1,2,4");
    assertThat(http.out()).contains("60 sent, 60 ok, 0 failed").contains("server     queue ");
    assertThat(http.out()).contains("1 at once").contains("2 at once").contains("4 at once");
    assertThat(http.out()).doesNotContain("counted");

    String metrics = server.target("v2") + "/metrics";
    Run grpc = server.bench("v2-grpc", "-n60", "--server-metrics=" + metrics);
    assertThat(grpc.out()).contains("60 sent, 60 ok, 0 failed").contains("compute ");
    assertThat(grpc.out()).doesNotContain("counted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-stream", "multi-stream", "server", "offline"})
  void scenarioIsALoad(String scenario) {
    String load = scenario.equals("server") ? "-r200" : "--no-tui";
    Run run = server.bench("v2-binary", "--scenario=" + scenario, load, "-n40", "--check-first");

    assertAllRight(run);
  }

  @Test
  void loadsAreApartByTheCooldown() {
    long start = System.nanoTime();
    Run run = server.bench("tfs-rest", "-c1,2,4", "-n10", "--cooldown=400ms");

    assertAllRight(run);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(800));
  }

  @Test
  void recordedTimesAreReplayed() throws IOException {
    Path times = Files.writeString(dir.resolve("times"), "0\n0.001\n0.002\n0.1\n0.101\n");
    Run run = server.bench("tfs-rest", "--arrival=replay:" + times, "-n50");
    assertAllRight(run);
    assertThat(run.out()).contains("replay:times");

    Run scaled = server.bench("tfs-rest", "--arrival=replay:" + times, "-r400", "-n50");
    assertAllRight(scaled);
  }

  private static float now() {
    return version;
  }

  private static void assertAllRight(Run run) {
    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).contains(" ok, 0 failed");
  }

  private static void assertAllWrong(Run run) {
    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(10);
    assertThat(run.out()).contains(" 0 ok, ").contains("wrong-answer");
  }

  private static byte[] npy(float... values) {
    String head =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }\n".formatted(values.length);
    ByteBuffer bytes = floats(10 + head.length(), values);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    bytes.putShort((short) head.length()).put(head.getBytes(StandardCharsets.US_ASCII));
    return bytes.array();
  }

  private static Path npz(String file, String name, byte[] array) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {

      zip.putNextEntry(new ZipEntry(name + ".npy"));
      zip.write(array);
    }
    return Files.write(dir.resolve(file), bytes.toByteArray());
  }

  // TensorProto: dims, data_type FLOAT, name, raw_data
  private static byte[] pb(String name, float... values) {
    ByteBuffer bytes = floats(8 + name.length(), values);
    bytes.put((byte) 0x08).put((byte) values.length).put((byte) 0x10).put((byte) 1);
    bytes.put((byte) 0x42).put((byte) name.length());
    bytes.put(name.getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) 0x4a).put((byte) (values.length * 4));
    return bytes.array();
  }

  // little endian, with room before them
  private static ByteBuffer floats(int before, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(before + values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(before);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.position(0);
  }
}
