package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.cli.BenchSubject.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How {@code mlserve bench} speaks HTTP, seen by what it asks. */
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // line ends of HTTP are seen
class BenchWiresTest {
  private static final String PLAIN = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"y\": 25}";
  private static final String CHUNKED =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "4\r\n{\"y\"\r\n4;note=x\r\n: 25\r\n1\r\n}\r\n0\r\nTrailer: x\r\n\r\n";

  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, CHUNKED})
  void socketInTheFileSystemIsAsked(String answer) throws IOException {
    Path socket = dir.resolve("s");
    Files.writeString(dir.resolve("right.json"), "{\"y\": 25}");
    Files.writeString(dir.resolve("body.json"), "{}");
    try (BenchStub stub = BenchStub.unix(socket, answer)) {
      Run run =
          raw(
              "unix://" + socket,
              "--expect=" + dir.resolve("right.json"),
              "-c2",
              "--input",
              dir.resolve("body.json").toString());

      assertThat(run.status()).as(run.out() + run.err()).isZero();
      assertThat(run.out()).contains("50 sent, 50 ok, 0 failed");
      assertThat(stub.heads()).hasSize(50).allMatch(head -> head.startsWith("POST / HTTP/1.1\r\n"));
    }
  }

  @Test
  void socketThatIsNotThereEndsWithFive() {
    Run run =
        BenchSubject.run("bench", "unix://" + dir.resolve("none"), "-mm", "-n1", "--warmup=0");

    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(5);
    assertThat(run.err()).contains(dir.resolve("none").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-c2", "-r500"})
  void answerInChunksIsPutTogether(String load) throws IOException {
    Path right = Files.writeString(dir.resolve("right.json"), "{\"y\": 25}");
    Path wrong = Files.writeString(dir.resolve("wrong.json"), "{\"y\": 26}");
    try (BenchStub stub = BenchStub.tcp(CHUNKED)) {
      Run run = raw(stub.url(), load, "--expect=" + right);
      assertThat(run.status()).as(run.out() + run.err()).isZero();
      assertThat(run.out()).contains("50 sent, 50 ok, 0 failed");

      Run other = raw(stub.url(), load, "--expect=" + wrong);
      assertThat(other.status()).isEqualTo(10);
      assertThat(other.out()).contains("50 wrong-answer").contains("{\"y\": 25}");
    }
  }

  @Test
  void headersAndTokenAreSentAndNeverShown() throws IOException {
    Path token = Files.writeString(dir.resolve("token"), "s3cret\n");
    Path result = dir.resolve("run.json");
    try (BenchStub stub = BenchStub.tcp(PLAIN)) {
      Run run =
          raw(
              stub.url() + "/a/b?c=d",
              "--token-file=" + token,
              "-H",
              "X-Key: k3y",
              "-H=Host: other.test",
              "--method=PUT",
              "--json=" + result);

      assertThat(run.status()).as(run.out() + run.err()).isZero();
      assertThat(stub.heads())
          .hasSize(50)
          .allSatisfy(
              head ->
                  assertThat(head)
                      .startsWith("PUT /a/b?c=d HTTP/1.1\r\n")
                      .contains("\r\nAuthorization: Bearer s3cret\r\n")
                      .contains("\r\nX-Key: k3y\r\n")
                      .contains("\r\nHost: other.test\r\n")
                      .containsOnlyOnce("Host:"));
      assertThat(run.out() + run.err() + Files.readString(result))
          .doesNotContain("s3cret")
          .doesNotContain("k3y");
    }
  }

  @Test
  void bodyIsPackedWhenAskedFor() throws IOException {
    Path body = Files.writeString(dir.resolve("body.json"), "{\"instances\": [1.0]}");
    try (BenchStub stub = BenchStub.tcp(PLAIN)) {
      Run run = raw(stub.url(), "--input=" + body, "--compress");

      assertThat(run.status()).as(run.out() + run.err()).isZero();
      assertThat(stub.heads())
          .hasSize(50)
          .allMatch(head -> head.contains("\r\nContent-Encoding: gzip\r\n"));
    }
  }

  @Test
  void serverOfGrpcThatNeverAnswersIsGivenUp() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Run run =
          BenchSubject.run(
              "bench", "grpc://127.0.0.1:" + mute.getLocalPort(), "-mm", "-n1", "--timeout=300ms");

      assertThat(run.status()).as(run.out()).isEqualTo(5);
      assertThat(run.err()).contains("no answer within 0.3 s");
    }
  }

  @Test
  void everyRequestIsWrittenDownWhenAskedFor() throws IOException {
    Path file = dir.resolve("requests.ndjson");
    try (BenchStub stub = BenchStub.tcp(PLAIN)) {
      Run run = raw(stub.url(), "-c1,2", "--raw=" + file);

      assertThat(run.status()).as(run.out() + run.err()).isZero();
      assertThat(run.err()).contains("load 2 of 2, 2 in flight: ");
      List<String> lines = Files.readAllLines(file);
      assertThat(lines)
          .hasSize(100)
          .allMatch(
              line ->
                  line.matches(
                      "\\{\"point\":[12],\"warm_up\":false,\"due_s\":\\d+\\.\\d{9},\"sent_s\":\\d+\\.\\d{9},"
                          + "\"end_s\":\\d+\\.\\d{9},\"latency_ms\":\\d+\\.\\d{6},"
                          + "\"service_ms\":\\d+\\.\\d{6},\"outcome\":\"ok\"}"));
      assertThat(lines).filteredOn(line -> line.startsWith("{\"point\":2,")).hasSize(50);
      assertThat(dir).isDirectoryNotContaining(path -> path.toString().endsWith(".part"));
    }
  }

  @Test
  void serverThatEndsConnectionsIsConnectedToAgain() throws IOException {
    String ending = PLAIN.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    try (BenchStub stub = BenchStub.tcp(ending)) {
      Run run = raw(stub.url());

      assertThat(run.status()).as(run.out() + run.err()).isZero();
      assertThat(stub.heads()).hasSize(50);
    }
  }

  private static Run raw(String target, String... options) {
    String[] line = new String[options.length + 5];
    System.arraycopy(
        new String[] {"bench", target, "--api=raw", "-n50", "--warmup=0"}, 0, line, 0, 5);
    System.arraycopy(options, 0, line, 5, options.length);
    return BenchSubject.run(line);
  }
}
