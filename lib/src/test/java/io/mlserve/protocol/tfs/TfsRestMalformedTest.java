package io.mlserve.protocol.tfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.http.NettyLeaks;
import io.mlserve.http.RawClient;
import io.mlserve.http.RawClient.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A thousand requests, each spoiled in its own way: no more than 4xx, and the next one is fine. */
@ExtendWith(NettyLeaks.class)
class TfsRestMalformedTest {
  private static final int REQUESTS = 1000;
  private static final long SEED = 20_261_121;
  private static final String PATH = "/v1/models/two";
  private static final List<String> BODIES =
      List.of(
          "{\"instances\":[{\"float\":1.5,\"string\":\"a\"},{\"float\":-2e3,\"string\":\"b\"}]}",
          "{\"signature_name\":\"serving_default\",\"inputs\":{\"float\":[1.5,-2e3],"
              + "\"string\":[\"a\",{\"b64\":\"Yg==\"}]}}",
          "{\"context\":{\"string\":\"a\"},\"examples\":[{\"float\":1.5},{\"float\":[7]}]}");
  private static final List<String> VERBS = List.of(":predict", ":predict", ":regress");
  private static final List<String> TOKENS =
      List.of(
          "",
          "0",
          "-1",
          "1e400",
          "NaN",
          "-Infinity",
          "null",
          "true",
          "\"\"",
          "[]",
          "{}",
          "[[1],2]",
          "\"x\"",
          "9223372036854775808",
          "{\"b64\":7}",
          "{\"a\":[1]}",
          "\u0000",
          "😀",
          "\\",
          "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");

  @TempDir private Path folder;

  private static byte[] spoil(String good, Random random) {
    byte[] bytes = good.getBytes(StandardCharsets.UTF_8);
    switch (random.nextInt(4)) {
      case 0 -> {
        String[] parts = good.split("(?<=[:,\\[{])|(?=[,\\]}])", -1);
        parts[random.nextInt(parts.length)] = TOKENS.get(random.nextInt(TOKENS.size()));
        return String.join("", parts).getBytes(StandardCharsets.UTF_8);
      }
      case 1 -> {
        for (int i = random.nextInt(4); i >= 0; i--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
      }
      case 2 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      default -> {
        int from = random.nextInt(bytes.length - 1);
        int length = 1 + random.nextInt(Math.min(20, bytes.length - from - 1));
        System.arraycopy(bytes, from + length, bytes, from, bytes.length - from - length);
        return Arrays.copyOf(bytes, bytes.length - length);
      }
    }
  }

  private static Answer send(RawClient client, String path, String headers, byte[] body) {
    return client
        .send(
            "POST "
                + path
                + " HTTP/1.1\r\nHost: x\r\n"
                + headers
                + "Content-Length: "
                + body.length
                + "\r\n\r\n")
        .send(body)
        .read();
  }

  @Test
  void spoiledRequestsAreTheClientsFaultAndHarmNobodyElse() {
    TfsServer.write(folder, Models.echo(List.of(ElementType.FLOAT, ElementType.STRING)));
    Random random = new Random(SEED);
    int refused = 0;
    try (TfsServer server = TfsServer.serving(Map.of("two", folder));
        RawClient client = RawClient.connect(server.port())) {
      byte[] good = BODIES.get(0).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < REQUESTS; i++) {
        int which = random.nextInt(BODIES.size());
        byte[] body = spoil(BODIES.get(which), random);
        String headers = random.nextInt(20) == 0 ? "Content-Encoding: gzip\r\n" : "";
        Answer answer = send(client, PATH + VERBS.get(which), headers, body);
        String what = new String(body, StandardCharsets.UTF_8);
        assertThat(answer.status()).as("%s: %s", what, answer.text()).isIn(200, 400);
        if (answer.status() == 400) {
          TfsServer.assertError(answer, 400);
          refused++;
        }
        assertThat(send(client, PATH + ":predict", "", good).status()).as(what).isEqualTo(200);
      }
    }
    assertThat(refused).isGreaterThan(REQUESTS / 2);
  }
}
