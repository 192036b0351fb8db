package io.mlserve.protocol.oip;

import static io.mlserve.protocol.oip.OipRestFixture.assertError;
import static io.mlserve.protocol.oip.OipRestFixture.joined;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.Payload;
import io.mlserve.http.NettyLeaks;
import io.mlserve.http.RawClient.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors as bytes, both ways. */
@ExtendWith(NettyLeaks.class)
class OipRestBinaryTest {
  @TempDir private static Path folder;
  private static OipRestFixture server;

  @BeforeAll
  static void serve() {
    Map<String, Path> models = new LinkedHashMap<>();
    put(models, "half", Models.halfPlus(2));
    for (ElementType type : ElementType.values()) {
      put(models, type.name().toLowerCase(Locale.ROOT), OipRestFixture.same(type, -1));
    }
    put(models, "bfloat16", StrangeModels.same(StrangeModels.BFLOAT16));
    put(models, "scalar", OipRestFixture.same(ElementType.DOUBLE));
    put(models, "matrix", OipRestFixture.same(ElementType.INT32, -1, 2, 3));
    put(models, "fixed", OipRestFixture.same(ElementType.INT16, 3));
    put(models, "open", OipRestFixture.same(ElementType.FLOAT, -1, -1));
    put(models, "word", OipRestFixture.same(ElementType.STRING, 1));
    put(models, "words", OipRestFixture.same(ElementType.STRING, 2));
    put(models, "two", Models.echo(List.of(ElementType.FLOAT, ElementType.STRING)));
    put(models, "strings", StrangeModels.withStrings("plain é", "€ 漢"));
    put(models, "emoji", StrangeModels.withStrings("plain", "a😀b"));
    server = OipRestFixture.serving(models);
  }

  private static void put(Map<String, Path> models, String name, Payload model) {
    models.put(name, OipRestFixture.write(folder.resolve(name), model));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String input(String name, String datatype, String shape, int size) {
    return "{\"name\":\""
        + name
        + "\",\"shape\":"
        + shape
        + ",\"datatype\":\""
        + datatype
        + "\",\"parameters\":{\"binary_data_size\":"
        + size
        + "}}";
  }

  private static String request(String datatype, String shape, int size) {
    return "{\"inputs\":[" + input("x", datatype, shape, size) + "]}";
  }

  private static String allBinary(String datatype, String shape, int size) {
    return "{\"parameters\":{\"binary_data_output\":true},\"inputs\":["
        + input("x", datatype, shape, size)
        + "]}";
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static byte[] strings(String... values) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String value : values) {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      all.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
      all.writeBytes(bytes);
    }
    return all.toByteArray();
  }

  /** The JSON part of an answer; the rest must be {@code blobs}. */
  private static String json(Answer answer, byte[]... blobs) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/octet-stream");
    int length = Integer.parseInt(answer.header("inference-header-content-length"));
    assertThat(Arrays.copyOfRange(answer.body(), length, answer.body().length))
        .isEqualTo(joined(blobs));
    return new String(answer.body(), 0, length, StandardCharsets.UTF_8);
  }

  private static String answer(String model, String datatype, String shape, int size) {
    return "{\"model_name\":\""
        + model
        + "\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"y\",\"datatype\":\""
        + datatype
        + "\",\"shape\":"
        + shape
        + ",\"parameters\":{\"binary_data_size\":"
        + size
        + "}}]}";
  }

  @Test
  void bytesInAndJsonOut() {
    Answer answer = server.infer("half", request("FP32", "[2]", 8), floats(1, 2));
    assertThat(answer.text())
        .isEqualTo(
            "{\"model_name\":\"half\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"y\","
                + "\"datatype\":\"FP32\",\"shape\":[2],\"data\":[2.5,3.0]}]}");
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.header("inference-header-content-length")).isEmpty();
  }

  @Test
  void jsonInAndBytesOut() {
    String data = "{\"name\":\"x\",\"shape\":[2],\"datatype\":\"FP32\",\"data\":[1,2]}";
    String wish = "[{\"name\":\"y\",\"parameters\":{\"binary_data\":true}}]";
    Answer answer =
        server.infer("half", "{\"id\":\"7\",\"inputs\":[" + data + "],\"outputs\":" + wish + "}");
    assertThat(json(answer, floats(2.5f, 3)))
        .isEqualTo("{\"id\":\"7\"," + answer("half", "FP32", "[2]", 8).substring(1));
    assertThat(answer.header("content-length")).isEqualTo("" + answer.body().length);
  }

  @ParameterizedTest
  @CsvSource({
    "float,FP32,4", "double,FP64,8", "float16,FP16,2", "bfloat16,BF16,2", "int8,INT8,1",
    "int16,INT16,2", "int32,INT32,4", "int64,INT64,8", "uint8,UINT8,1", "uint16,UINT16,2",
    "uint32,UINT32,4", "uint64,UINT64,8",
  })
  void everyBitOfEveryNumberComesBack(String model, String datatype, int width) {
    Random random = new Random(width);
    for (int elements : new int[] {0, 1, 7, 5_000}) {
      byte[] bytes = new byte[elements * width];
      random.nextBytes(bytes);
      String shape = "[" + elements + "]";
      Answer answer = server.infer(model, allBinary(datatype, shape, bytes.length), bytes);
      assertThat(json(answer, bytes)).isEqualTo(answer(model, datatype, shape, bytes.length));
    }
  }

  @Test
  void boolsAreZeroOrOneWhateverWasSent() {
    Answer answer =
        server.infer("bool", allBinary("BOOL", "[4]", 4), new byte[] {0, 1, 2, (byte) 0xff});
    assertThat(json(answer, new byte[] {0, 1, 1, 1})).isEqualTo(answer("bool", "BOOL", "[4]", 4));
  }

  @Test
  void stringsHaveTheirLengthBeforeThem() {
    byte[] bytes = strings("", "a\0b", "é", "😀", "x".repeat(70_000));
    Answer answer = server.infer("string", allBinary("BYTES", "[5]", bytes.length), bytes);
    assertThat(json(answer, bytes)).isEqualTo(answer("string", "BYTES", "[5]", bytes.length));
    answer = server.infer("string", allBinary("BYTES", "[0]", 0), new byte[0]);
    assertThat(json(answer)).isEqualTo(answer("string", "BYTES", "[0]", 0));
  }

  @Test
  void scalarsAndMatrices() {
    byte[] one = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(1.5).array();
    assertThat(json(server.infer("scalar", allBinary("FP64", "[]", 8), one), one))
        .isEqualTo(answer("scalar", "FP64", "[]", 8));
    byte[] many = new byte[48];
    new Random(1).nextBytes(many);
    assertThat(json(server.infer("matrix", allBinary("INT32", "[2,2,3]", 48), many), many))
        .isEqualTo(answer("matrix", "INT32", "[2,2,3]", 48));
    assertThat(json(server.infer("matrix", allBinary("INT32", "[0,2,3]", 0), new byte[0])))
        .isEqualTo(answer("matrix", "INT32", "[0,2,3]", 0));
  }

  @Test
  void blobsFollowEachOtherInTheOrderOfTheInputs() {
    byte[] text = strings("a", "bc");
    String head =
        "{\"parameters\":{\"binary_data_output\":true},\"inputs\":["
            + input("string", "BYTES", "[2]", text.length)
            + ","
            + input("float", "FP32", "[2]", 8)
            + "]}";
    Answer answer = server.infer("two", head, text, floats(1, 2));
    assertThat(json(answer, floats(1, 2), text)).contains("float_out", "string_out");
  }

  @Test
  void inputsAndOutputsMayBeMixed() {
    byte[] text = strings("a", "bc");
    String head =
        "{\"parameters\":{\"binary_data_output\":true},\"inputs\":["
            + "{\"name\":\"float\",\"shape\":[2],\"datatype\":\"FP32\",\"data\":[1,2]},"
            + input("string", "BYTES", "[2]", text.length)
            + "],\"outputs\":[{\"name\":\"string_out\"},"
            + "{\"name\":\"float_out\",\"parameters\":{\"binary_data\":false}}]}";
    assertThat(json(server.infer("two", head, text), text))
        .endsWith(
            "\"outputs\":[{\"name\":\"string_out\",\"datatype\":\"BYTES\",\"shape\":[2],"
                + "\"parameters\":{\"binary_data_size\":"
                + text.length
                + "}},{\"name\":\"float_out\",\"datatype\":\"FP32\",\"shape\":[2],"
                + "\"data\":[1.0,2.0]}]}");
  }

  @Test
  void classesMayBeBytes() {
    byte[] expected = strings("3.000000:2", "2.000000:1");
    String head =
        "{\"inputs\":["
            + input("x", "FP32", "[3]", 12)
            + "],\"outputs\":[{\"name\":\"y\",\"parameters\":{\"classification\":2,"
            + "\"binary_data\":true}}]}";
    assertThat(json(server.infer("float", head, floats(1, 2, 3)), expected))
        .isEqualTo(answer("float", "BYTES", "[2]", expected.length));
  }

  private static Answer raw(String model, byte[] body) {
    return server.ask(
        "POST", "/v2/models/" + model + "/infer", OipRestFixture.JSON_LENGTH + "0\r\n", body);
  }

  @Test
  void rawRequestIsTheOnlyInputAndNothingElse() {
    assertThat(json(raw("half", floats(1, 2)), floats(2.5f, 3)))
        .isEqualTo(answer("half", "FP32", "[2]", 8));
    assertThat(json(raw("half", new byte[0]))).isEqualTo(answer("half", "FP32", "[0]", 0));
    byte[] six = floats(1, 2, 3, 4, 5, 6);
    assertThat(json(raw("matrix", six), six)).isEqualTo(answer("matrix", "INT32", "[1,2,3]", 24));
    byte[] three = new byte[] {1, 2, 3, 4, 5, 6};
    assertThat(json(raw("fixed", three), three)).isEqualTo(answer("fixed", "INT16", "[3]", 6));
    byte[] word = "é".getBytes(StandardCharsets.UTF_8);
    assertThat(json(raw("word", word), strings("é"))).isEqualTo(answer("word", "BYTES", "[1]", 6));
    assertThat(json(raw("string", word), strings("é")))
        .isEqualTo(answer("string", "BYTES", "[1]", 6));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "half   | 7  | input 'x': 7 bytes (expected: 4 for each element of shape [1])",
        "matrix | 25 | input 'x': 25 bytes (expected: 4 for each element of shape [1, 2, 3])",
        "fixed  | 8  | input 'x': 8 bytes (expected: 2 for each element of shape [3])",
        "open   | 8  | input 'x' has shape [-1, -1] (expected for a raw request: one open dimension"
            + " at most)",
        "two    | 8  | a raw request for a model with inputs float, string (expected: a model with"
            + " one)",
        "words  | 8  | input 'x' holds more than the one string of a raw request",
      })
  void rawRequestThatDoesNotFitIsRefused(String model, int size, String message) {
    assertError(raw(model, new byte[size]), 400, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "FP32 | [2]   | 8 | 7 | input 'x' has a binary_data_size of 8, but 7 bytes are left",
        "FP32 | [2]   | 8 | 9 | unexpected additional input data: 1 bytes",
        "FP32 | [2]   | 7 | 7 | input 'x': 7 bytes (expected: 4 for each element of shape [2])",
        "FP32 | [3]   | 8 | 8 | input 'x': 8 bytes (expected: 4 for each element of shape [3])",
        "FP32 | [0]   | 4 | 4 | input 'x': 4 bytes (expected: 4 for each element of shape [0])",
        "FP32 | [4611686018427387904] | 0 | 0 "
            + "| input 'x': shape [4611686018427387904] is too large",
        "INT32 | [2]  | 8 | 8 | input 'x' has datatype INT32 (expected: FP32)",
        "FP32 | [2,1] | 8 | 8 | input 'x': shape [2, 1] (expected: [-1])",
      })
  void blobsThatDoNotFitAreRefused(
      String datatype, String shape, int size, int sent, String message) {
    assertError(server.infer("half", request(datatype, shape, size), new byte[sent]), 400, message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "\"8\"", "true"})
  void sizeIsANumberOfBytes(String size) {
    String head = request("FP32", "[2]", 8).replace(":8}", ":" + size + "}");
    assertThat(head).contains(":" + size + "}");
    assertThat(server.infer("half", head, new byte[8]).text())
        .startsWith("{\"error\":\"parameter 'binary_data_size': ");
    assertError(
        server.infer("half", request("FP32", "[2]", 8).replace(":8}", ":9e18}"), new byte[8]), 400);
    assertError(
        server.infer(
            "half",
            request("FP32", "[2]", 8).replace(":8}", ":9".repeat(1) + "9".repeat(30) + "}"),
            new byte[8]),
        400,
        "input 'x' has a binary_data_size of 9223372036854775807, but 8 bytes are left");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[0,2147483648]", "[4611686018427387904,0]"})
  void emptyTensorsCannotBringMoreRowsThanOthers(String shape) {
    assertError(
        server.infer("open", allBinary("FP32", shape, 0), new byte[0]),
        400,
        "input 'x': shape " + shape.replace(",", ", ") + " is too large");
    assertThat(json(server.infer("open", allBinary("FP32", "[0,7]", 0), new byte[0])))
        .isEqualTo(answer("open", "FP32", "[0,7]", 0));
  }

  @Test
  void dataAndBytesForOneInputAreOneTooMany() {
    String both =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1],"
            + "\"parameters\":{\"binary_data_size\":4}}]}";
    assertError(
        server.infer("half", both, new byte[4]),
        400,
        "input 'x' has both data and a binary_data_size");
  }

  @Test
  void bytesWithoutTheHeaderAreNoJson() {
    byte[] head = request("FP32", "[1]", 4).getBytes(StandardCharsets.UTF_8);
    assertError(server.ask("POST", "/v2/models/half/infer", "", head), 400);
    assertError(server.ask("POST", "/v2/models/half/infer", "", joined(head, floats(1))), 400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-1   | Inference-Header-Content-Length '-1' (expected: a number of bytes)",
        "+5   | Inference-Header-Content-Length '+5' (expected: a number of bytes)",
        "x    | Inference-Header-Content-Length 'x' (expected: a number of bytes)",
        "1.5  | Inference-Header-Content-Length '1.5' (expected: a number of bytes)",
        "99999999999 | Inference-Header-Content-Length '99999999999' (expected: a number of bytes)",
        "1000 | Inference-Header-Content-Length 1000, but the body has 2 bytes",
      })
  void lengthOfTheJsonIsANumberWithinTheBody(String length, String message) {
    Answer answer =
        server.ask(
            "POST",
            "/v2/models/half/infer",
            OipRestFixture.JSON_LENGTH + length + "\r\n",
            new byte[] {'{', '}'});
    assertError(answer, 400, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "3 | 0,0,0,0,0,0,0,0       | input 'x': too few bytes for 3 strings",
        "2 | 3,0,0,0,97,98,99,0    | input 'x': the length of string 1 is missing",
        "1 | 5,0,0,0,97,98         | input 'x': string 0 of 5 bytes, 2 left",
        "1 | -1,-1,-1,-1,97        | input 'x': string 0 of 4294967295 bytes, 1 left",
        "1 | 1,0,0,0,97,98         | input 'x': 1 bytes behind the last string",
        "0 | 0,0,0,0               | input 'x': 4 bytes behind the last string",
        "1 | 1,0,0,0,-1            "
            + "| input 'x': string 0 is no UTF-8 text (expected: what an ONNX string can hold)",
        "2147483647 | 0,0,0,0 | input 'x': too few bytes for 2147483647 strings",
      })
  void framesOfStringsAreExact(long elements, String numbers, String message) {
    String[] texts = numbers.split(",", -1);
    byte[] bytes = new byte[texts.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = Byte.parseByte(texts[i].strip());
    }
    assertError(
        server.infer("string", request("BYTES", "[" + elements + "]", bytes.length), bytes),
        400,
        message);
  }

  @Test
  void compressedBodiesMayHoldBytes() {
    byte[] head = allBinary("FP32", "[2]", 8).getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(joined(head, floats(1, 2)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String headers =
        "Content-Encoding: gzip\r\n" + OipRestFixture.JSON_LENGTH + head.length + "\r\n";
    Answer answer = server.ask("POST", "/v2/models/half/infer", headers, packed.toByteArray());
    assertThat(json(answer, floats(2.5f, 3))).isEqualTo(answer("half", "FP32", "[2]", 8));
  }

  private static String stringsOf(String model) {
    return server
        .infer(
            model,
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}],"
                + "\"outputs\":[{\"name\":\"s\"}]}")
        .text();
  }

  @Test
  void stringsOfTheModelItselfComeAsTheyAre() {
    assertThat(stringsOf("strings")).endsWith("\"data\":[\"plain é\",\"€ 漢\"]}]}");
  }

  /**
   * ONNX Runtime's Java binding takes and gives strings in the JVM's own encoding, which is not
   * UTF-8 beyond U+FFFF: what a request brings survives a model that passes it on, but a model that
   * looks into it, or makes such characters, is misread. When this fails, the binding was cured.
   */
  @Test
  void charactersBeyondTheBasicPlaneThatAModelMakesAreMisread() {
    assertThat(stringsOf("emoji"))
        .startsWith("{\"model_name\":\"emoji\",")
        .contains("\"data\":[\"plain\",\"a")
        .doesNotContain("a😀b");
  }
}
