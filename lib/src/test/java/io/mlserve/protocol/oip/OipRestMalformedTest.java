package io.mlserve.protocol.oip;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.http.NettyLeaks;
import io.mlserve.http.RawClient;
import io.mlserve.http.RawClient.Answer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
class OipRestMalformedTest {
  private static final int REQUESTS = 1000;
  private static final long SEED = 20_261_121;
  private static final String GOOD =
      "{\"id\":\"1\",\"parameters\":{\"binary_data_output\":true,\"priority\":1000},"
          + "\"inputs\":[{\"name\":\"float\",\"shape\":[2],\"datatype\":\"FP32\","
          + "\"data\":[1.5,-2e3]},{\"name\":\"string\",\"shape\":[2],\"datatype\":\"BYTES\","
          + "\"parameters\":{\"binary_data_size\":11}}],"
          + "\"outputs\":[{\"name\":\"float_out\",\"parameters\":{\"classification\":1}},"
          + "{\"name\":\"string_out\"}]}";
  private static final byte[] BLOB = {1, 0, 0, 0, 'a', 2, 0, 0, 0, 'b', 'c'};
  private static final List<String> TOKENS =
      List.of(
          "",
          "0",
          "-1",
          "1e400",
          "NaN",
          "null",
          "true",
          "\"\"",
          "[]",
          "{}",
          "[[1],2]",
          "\"x\"",
          "9223372036854775808",
          "[-1]",
          "[4294967296]",
          "{\"a\":[1]}",
          "\u0000",
          "😀",
          "\\");

  @TempDir private Path folder;

  /**
   * One spoiled request.
   *
   * @param length what the header says of the JSON
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Spoiled(String length, byte[] body) {}

  private static Spoiled spoil(Random random) {
    byte[] json = GOOD.getBytes(StandardCharsets.UTF_8);
    byte[] blob = BLOB.clone();
    switch (random.nextInt(7)) {
      case 0 -> json = withToken(random);
      case 1 -> json = withBytes(json, random);
      case 2 -> json = without(json, random);
      case 3 -> blob = withBytes(blob, random);
      case 4 -> blob = Arrays.copyOf(blob, random.nextInt(2 * blob.length));
      case 5 -> json = withSize(random);
      default -> {
        return new Spoiled(length(json.length, random), OipRestFixture.joined(json, blob));
      }
    }
    return new Spoiled(Integer.toString(json.length), OipRestFixture.joined(json, blob));
  }

  /** With something else in the place of a value. */
  private static byte[] withToken(Random random) {
    String[] parts = GOOD.split("(?<=[:,\\[{])|(?=[,\\]}])", -1);
    parts[random.nextInt(parts.length)] = TOKENS.get(random.nextInt(TOKENS.size()));
    return String.join("", parts).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] withBytes(byte[] bytes, Random random) {
    byte[] changed = bytes.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
    }
    return changed;
  }

  private static byte[] without(byte[] bytes, Random random) {
    int from = random.nextInt(bytes.length);
    int to = from + 1 + random.nextInt(Math.min(20, bytes.length - from));
    return random.nextBoolean()
        ? Arrays.copyOf(bytes, from)
        : OipRestFixture.joined(
            Arrays.copyOf(bytes, from), Arrays.copyOfRange(bytes, to, bytes.length));
  }

  private static byte[] withSize(Random random) {
    long size = random.nextBoolean() ? random.nextInt(30) : random.nextLong();
    return GOOD.replace("size\":11", "size\":" + size).getBytes(StandardCharsets.UTF_8);
  }

  private static String length(int right, Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> Integer.toString(right - 5 + random.nextInt(11));
      case 1 -> Integer.toString(random.nextInt(2 * right));
      case 2 -> Long.toString(random.nextLong());
      case 3 -> "0";
      default -> Integer.toString(right, 16) + "h";
    };
  }

  private static Answer send(RawClient client, String length, byte[] body) {
    return client
        .send(
            "POST /v2/models/two/infer HTTP/1.1\r\nHost: x\r\nContent-Length: "
                + body.length
                + "\r\n"
                + OipRestFixture.JSON_LENGTH
                + length
                + "\r\n\r\n")
        .send(body)
        .read();
  }

  @Test
  void spoiledRequestsAreTheClientsFaultAndHarmNobodyElse() {
    OipRestFixture.write(folder, Models.echo(List.of(ElementType.FLOAT, ElementType.STRING)));
    Random random = new Random(SEED);
    int refused = 0;
    try (OipRestFixture server = OipRestFixture.serving(Map.of("two", folder));
        RawClient client = RawClient.connect(server.port())) {
      byte[] good = OipRestFixture.joined(GOOD.getBytes(StandardCharsets.UTF_8), BLOB);
      Answer expected = send(client, Integer.toString(GOOD.length()), good);
      assertThat(expected.status()).as(expected.text()).isEqualTo(200);
      assertThat(ByteBuffer.wrap(expected.body()).order(ByteOrder.LITTLE_ENDIAN).remaining())
          .isGreaterThan(BLOB.length);
      for (int i = 0; i < REQUESTS; i++) {
        Spoiled spoiled = spoil(random);
        Answer answer = send(client, spoiled.length(), spoiled.body());
        String what =
            i + ": " + spoiled.length() + " " + new String(spoiled.body(), StandardCharsets.UTF_8);
        if (answer.status() != 200) { // some changes hurt nobody
          assertThat(answer.status()).as(what + answer.text()).isBetween(400, 499);
          OipRestFixture.assertError(answer, answer.status());
          refused++;
        }
        Answer next = send(client, Integer.toString(GOOD.length()), good);
        assertThat(next.body()).as(what).isEqualTo(expected.body());
      }
    }
    assertThat(refused).isGreaterThan(REQUESTS / 2);
  }
}
