package io.mlserve.protocol.tfs;

import static io.mlserve.fixtures.onnx.ElementType.BOOL;
import static io.mlserve.fixtures.onnx.ElementType.DOUBLE;
import static io.mlserve.fixtures.onnx.ElementType.FLOAT;
import static io.mlserve.fixtures.onnx.ElementType.FLOAT16;
import static io.mlserve.fixtures.onnx.ElementType.INT16;
import static io.mlserve.fixtures.onnx.ElementType.INT32;
import static io.mlserve.fixtures.onnx.ElementType.INT64;
import static io.mlserve.fixtures.onnx.ElementType.INT8;
import static io.mlserve.fixtures.onnx.ElementType.STRING;
import static io.mlserve.fixtures.onnx.ElementType.UINT16;
import static io.mlserve.fixtures.onnx.ElementType.UINT32;
import static io.mlserve.fixtures.onnx.ElementType.UINT64;
import static io.mlserve.fixtures.onnx.ElementType.UINT8;
import static io.mlserve.protocol.tfs.TfsServer.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.OnnxGraph;
import io.mlserve.http.NettyLeaks;
import io.mlserve.http.RawClient.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Predict requests and their answers. */
@ExtendWith(NettyLeaks.class)
class TfsPredictTest {
  private static final List<ElementType> TYPES =
      List.of(
          FLOAT, DOUBLE, FLOAT16, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL,
          STRING);

  @TempDir private static Path folder;
  private static TfsServer server;

  @BeforeAll
  static void serve() {
    Map<String, Path> models = new LinkedHashMap<>();
    models.put("half", TfsServer.write(folder.resolve("half"), Models.halfPlus(2)));
    models.put("housing", TfsServer.write(folder.resolve("housing"), Models.uciHousing(1)));
    models.put("two", TfsServer.write(folder.resolve("two"), Models.echo(List.of(FLOAT, STRING))));
    for (ElementType type : TYPES) {
      String name = type.name().toLowerCase(Locale.ROOT);
      models.put(name, TfsServer.write(folder.resolve(name), Models.echo(List.of(type))));
    }
    models.put("matrix", TfsServer.write(folder.resolve("matrix"), same(FLOAT, -1, 2, 3)));
    models.put("scalar", TfsServer.write(folder.resolve("scalar"), same(FLOAT)));
    models.put("bytes", TfsServer.write(folder.resolve("bytes"), bytes()));
    models.put("total", TfsServer.write(folder.resolve("total"), total(0)));
    models.put("largest", TfsServer.write(folder.resolve("largest"), total(1)));
    server = TfsServer.serving(models);
  }

  private static io.mlserve.fixtures.onnx.Payload same(ElementType type, long... shape) {
    return new OnnxGraph("same")
        .input("x", type, shape)
        .output("y", type, shape)
        .node("Identity", List.of("x"), "y")
        .toModel(Map.of());
  }

  private static io.mlserve.fixtures.onnx.Payload bytes() {
    return new OnnxGraph("bytes")
        .input("x", STRING, -1)
        .output("y_bytes", STRING, -1)
        .node("Identity", List.of("x"), "y_bytes")
        .toModel(Map.of());
  }

  /** An output of each row beside one of all rows: a scalar, or a single row. */
  private static io.mlserve.fixtures.onnx.Payload total(long keepDimensions) {
    OnnxGraph graph = new OnnxGraph("total").input("x", FLOAT, -1).output("y", FLOAT, -1);
    graph.node("Identity", List.of("x"), "y");
    graph.node("ReduceMax", List.of("x"), "all", Map.of("keepdims", keepDimensions));
    return (keepDimensions == 0 ? graph.output("all", FLOAT) : graph.output("all", FLOAT, 1))
        .toModel(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void assertAnswer(String model, String request, String answer) {
    Answer got = server.predict(model, request);
    assertThat(got.text()).isEqualTo(answer);
    assertThat(got.status()).isEqualTo(200);
  }

  private static void assertRefused(String model, String request, String message) {
    assertError(server.predict(model, request), 400, message);
  }

  @Test
  void rowsOfOneInputNeedNoNames() {
    assertAnswer("half", "{\"instances\":[1.0,2,5e0]}", "{\"predictions\":[2.5,3.0,4.5]}");
    assertAnswer(
        "half", "{\"instances\":[{\"x\":1.0},{\"x\":2.0}]}", "{\"predictions\":[2.5,3.0]}");
    assertAnswer(
        "matrix",
        "{\"instances\":[[[1,2,3],[4,5,6]],[[7,8,9],[0,1,2]]]}",
        "{\"predictions\":[[[1.0,2.0,3.0],[4.0,5.0,6.0]],[[7.0,8.0,9.0],[0.0,1.0,2.0]]]}");
  }

  @Test
  void columnsOfOneInputNeedNoNames() {
    assertAnswer("half", "{\"inputs\":[1.0,2.0]}", "{\"outputs\":[2.5,3.0]}");
    assertAnswer("half", "{\"inputs\":{\"x\":[1.0,2.0]}}", "{\"outputs\":[2.5,3.0]}");
    assertAnswer("scalar", "{\"inputs\":7}", "{\"outputs\":7.0}");
    assertAnswer("scalar", "{\"inputs\":{\"x\":7}}", "{\"outputs\":7.0}");
  }

  @Test
  void rowsOfSeveralInputsAreNamed() {
    assertAnswer(
        "two",
        "{\"instances\":[{\"string\":\"a\",\"float\":1},{\"float\":2,\"string\":\"b\"}]}",
        "{\"predictions\":[{\"float_out\":1.0,\"string_out\":\"a\"},"
            + "{\"float_out\":2.0,\"string_out\":\"b\"}]}");
  }

  @Test
  void columnsOfSeveralInputsAreNamedAndMoreAreIgnored() {
    assertAnswer(
        "two",
        "{\"inputs\":{\"string\":[\"a\"],\"more\":[[1],{}],\"float\":[1]}}",
        "{\"outputs\":{\"float_out\":[1.0],\"string_out\":[\"a\"]}}");
  }

  @Test
  void keysBesideTheInputsAreIgnoredAndTheSignatureMayBeNamed() {
    assertAnswer(
        "half",
        "{\"a\":{\"instances\":[9]},\"signature_name\":\"serving_default\",\"instances\":[1]}",
        "{\"predictions\":[2.5]}");
    assertRefused(
        "half",
        "{\"signature_name\":\"other\",\"instances\":[1]}",
        "Serving signature name: \"other\" not found in signature def");
    assertRefused(
        "half",
        "{\"signature_name\":7,\"instances\":[1]}",
        "'signature_name' key must be a string value.");
  }

  @Test
  void whatStandsBehindTheDocumentIsIgnored() {
    assertAnswer("half", "{\"instances\":[1]} and more", "{\"predictions\":[2.5]}");
  }

  @Test
  void requestThatIsNoneIsSaidSo() {
    assertRefused("half", "", "JSON Parse error: The document is empty");
    assertRefused("half", "  \n ", "JSON Parse error: The document is empty");
    assertRefused("half", "[1]", "JSON Value: [ is not an object (expected: an object)");
    assertRefused("half", "{}", "Missing 'inputs' or 'instances' key");
    assertRefused("half", "{\"instances\":[]}", "No values in 'instances' array");
    assertRefused("half", "{\"instances\":1}", "Expecting 'instances' value to be a list/array");
    assertError(server.predict("half", "{\"instances\":[1],\"inputs\":[1]}"), 400);
    assertError(server.predict("half", "{\"instances\":[1],\"instances\":[1]}"), 400);
  }

  @Test
  void inputsMustBeThoseOfTheModel() {
    assertRefused(
        "two", "{\"inputs\":{\"float\":[1]}}", "Missing named input: string in 'inputs' object.");
    assertRefused("two", "{\"instances\":[{\"float\":1}]}", "instance 0: missing input 'string'");
    assertRefused(
        "half",
        "{\"instances\":[{\"x\":1,\"z\":1}]}",
        "instance 0: unknown input 'z' (expected: x)");
    assertRefused(
        "half", "{\"instances\":[{\"x\":1,\"x\":1}]}", "instance 0: input 'x' appears twice");
    assertRefused("half", "{\"inputs\":{\"x\":[1],\"x\":[1]}}", "input 'x' appears twice");
    assertRefused(
        "half",
        "{\"instances\":[{\"x\":1},2]}",
        "Expecting all 'instances' to be objects, or none");
    assertRefused(
        "half",
        "{\"instances\":[1,{\"x\":2}]}",
        "Expecting all 'instances' to be objects, or none");
    assertRefused(
        "two",
        "{\"instances\":[1]}",
        "'instances' without names, but the model has 2 inputs: float, string");
    assertRefused(
        "two",
        "{\"inputs\":[1]}",
        "'inputs' without names, but the model has 2 inputs: float, string");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[[[1,2,3],[4,5]]]",
        "[[[1,2,3],4]]",
        "[[[1,2,3],[4,5,[6]]]]",
        "[[[1,2,3]],[[1,2,3],[4,5,6]]]",
        "[[],[[1,2,3],[4,5,6]]]",
        "[[[]],[1]]"
      })
  void raggedNestingIsRefused(String instances) {
    Answer answer = server.predict("matrix", "{\"instances\":" + instances + "}");
    assertError(answer, 400);
    assertThat(answer.text()).contains("input 'x': a ", "(expected: equal ");
  }

  @Test
  void shapeThatTheModelDoesNotTakeIsRefused() {
    assertRefused(
        "matrix", "{\"instances\":[[1,2]]}", "input 'x': shape [1, 2] (expected: [-1, 2, 3])");
    assertRefused("half", "{\"inputs\":1}", "input 'x': shape [] (expected: [-1])");
    assertRefused(
        "housing", "{\"instances\":[[]]}", "input 'x': shape [1, 0] (expected: [-1, 13])");
  }

  @Test
  void emptyTensorGoesThrough() {
    assertAnswer("half", "{\"inputs\":[]}", "{\"outputs\":[]}");
    assertAnswer("string", "{\"inputs\":[]}", "{\"outputs\":[]}");
    assertAnswer("uint32", "{\"inputs\":[]}", "{\"outputs\":[]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          int8   | [-128,127]                        | [-128,127]
          uint8  | [0,255]                           | [0,255]
          int16  | [-32768,32767]                    | [-32768,32767]
          uint16 | [0,65535]                         | [0,65535]
          int32  | [-2147483648,2147483647]          | [-2147483648,2147483647]
          uint32 | [0,4294967295]                    | [0,4294967295]
          int64  | [-9223372036854775808,9223372036854775807] | [-9223372036854775808,9223372036854775807]
          uint64 | [0,9223372036854775808,18446744073709551615] | [0,9223372036854775808,18446744073709551615]
          bool   | [true,false]                      | [true,false]
          float  | [0.1,-0.0,16777217,1e-45,3.4028235e38] | [0.1,-0.0,1.6777216E7,1.4E-45,3.4028235E38]
          float  | [NaN,Infinity,-Infinity,+Infinity] | [NaN,Infinity,-Infinity,Infinity]
          double | [0.1,1e308,-5e-324,NaN,-Infinity] | [0.1,1.0E308,-4.9E-324,NaN,-Infinity]
          float16 | [0.1,65504,NaN,-Infinity,6e-8]   | [0.099975586,65504.0,NaN,-Infinity,5.9604645E-8]
          """)
  void numbersGoInAndOut(String model, String in, String out) {
    assertAnswer(model, "{\"instances\":" + in + "}", "{\"predictions\":" + out + "}");
    assertAnswer(model, "{\"inputs\":" + in + "}", "{\"outputs\":" + out + "}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          int8   | 128   | Number
          int8   | -129  | Number
          uint8  | 256   | Number
          uint8  | -1    | Number
          int16  | 32768 | Number
          uint16 | 65536 | Number
          uint16 | -1    | Number
          int32  | 2147483648 | Number
          int32  | 1.0   | Number
          int32  | 1e3   | Number
          int32  | true  | Bool
          int32  | null  | Null
          uint32 | 4294967296 | Number
          uint32 | -1    | Number
          int64  | 9223372036854775808 | Number
          int64  | 1.0   | Number
          int64  | NaN   | Number
          uint64 | 18446744073709551616 | Number
          uint64 | -1    | Number
          bool   | 1     | Number
          bool   | 0.0   | Number
          float  | 1e39  | Number
          float  | 1e400 | Number
          float  | -1e400 | Number
          float  | true  | Bool
          float  | null  | Null
          double | 1e400 | Number
          float16 | 65520 | Number
          float16 | -1e10 | Number
          string | 1     | Number
          string | true  | Bool
          string | null  | Null
          """)
  void valueThatDoesNotFitIsRefused(String model, String value, String type) {
    assertRefused(
        model,
        "{\"instances\":[" + value + "]}",
        "JSON Value: "
            + value
            + " Type: "
            + type
            + " is not of expected type: "
            + (model.equals("float16") ? "half" : model)
            + " (input '"
            + model
            + "')");
  }

  @Test
  void stringThatLooksLikeANumberIsNone() {
    assertRefused(
        "float",
        "{\"instances\":[\"1\"]}",
        "JSON Value: 1 Type: String is not of expected type: float (input 'float')");
    assertRefused(
        "float",
        "{\"instances\":[\"NaN\"]}",
        "JSON Value: NaN Type: String is not of expected type: float (input 'float')");
  }

  @Test
  void longValueIsShownCut() {
    Answer answer = server.predict("float", "{\"instances\":[\"" + "x".repeat(5000) + "\"]}");
    assertError(answer, 400);
    assertThat(answer.text()).contains("x".repeat(256)).doesNotContain("x".repeat(257));
  }

  @Test
  void stringsArePlainOrBase64() {
    assertAnswer(
        "string",
        "{\"instances\":[\"plain\",{\"b64\":\"R3LDvMOfZQ==\"},\"\\u00e4\\n\",\"\"]}",
        "{\"predictions\":[\"plain\",\"Grüße\",\"ä\\n\",\"\"]}");
    assertAnswer("string", "{\"inputs\":[{\"b64\":\"YQ==\"}]}", "{\"outputs\":[\"a\"]}");
    assertAnswer(
        "two",
        "{\"instances\":[{\"float\":1,\"string\":{\"b64\":\"YQ==\"}}]}",
        "{\"predictions\":[{\"float_out\":1.0,\"string_out\":\"a\"}]}");
  }

  @Test
  void rowsOfAModelThatTakesOnlyStringsMayBeNamed() {
    assertAnswer("string", "{\"instances\":[{\"string\":\"a\"}]}", "{\"predictions\":[\"a\"]}");
    assertAnswer(
        "string", "{\"instances\":[{\"string\":{\"b64\":\"YQ==\"}}]}", "{\"predictions\":[\"a\"]}");
    assertAnswer(
        "string", "{\"inputs\":{\"string\":[\"a\",\"b\"]}}", "{\"outputs\":[\"a\",\"b\"]}");
    assertRefused("string", "{\"instances\":[{}]}", "instance 0: missing input 'string'");
  }

  @Test
  void base64ThatIsNoneIsSaidSo() {
    assertRefused(
        "string",
        "{\"instances\":[{\"b64\":\"!\"}]}",
        "input 'string': a 'b64' value is not formatted correctly for base64 data");
    assertError(server.predict("string", "{\"instances\":[{\"b64\":\"//8=\"}]}"), 400);
    assertError(server.predict("string", "{\"instances\":[{\"b64\":1}]}"), 400);
    assertError(server.predict("string", "{\"instances\":[{\"b64\":\"YQ==\",\"c\":1}]}"), 400);
    assertError(server.predict("float", "{\"instances\":[{\"b64\":\"YQ==\"}]}"), 400);
  }

  @Test
  void outputThatIsCalledBytesIsBase64() {
    assertAnswer("bytes", "{\"instances\":[\"a\"]}", "{\"predictions\":[{\"b64\":\"YQ==\"}]}");
    assertAnswer(
        "bytes", "{\"inputs\":[\"ä\",\"\"]}", "{\"outputs\":[{\"b64\":\"w6Q=\"},{\"b64\":\"\"}]}");
  }

  @Test
  void outputsThatHaveNoRowsCannotBeGivenAsRows() {
    assertRefused(
        "total",
        "{\"instances\":[1,2]}",
        "Tensor name: all has no shape information, or is a scalar; ask with 'inputs' instead of"
            + " 'instances'");
    assertAnswer("total", "{\"inputs\":[1,2]}", "{\"outputs\":{\"y\":[1.0,2.0],\"all\":2.0}}");
    assertRefused(
        "largest",
        "{\"instances\":[1,2]}",
        "Tensor name: all has inconsistent batch size: 1 expecting: 2");
    assertAnswer("largest", "{\"instances\":[1]}", "{\"predictions\":[{\"y\":1.0,\"all\":1.0}]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"instances\":[1",
        "{\"instances\":[1,]}",
        "{\"instances\":[1 2]}",
        "{\"instances\":[01]}",
        "{\"instances\":[.5]}",
        "{\"instances\":[0x1]}",
        "{\"instances\":[nul]}",
        "{\"instances\":['a']}",
        "{instances:[1]}",
        "{\"instances\":[1]/* */}",
        "{\"a\":\"\u0001\",\"instances\":[1]}",
        "nonsense",
        "\u0000\u0000\u0000{"
      })
  void malformedJsonIsACallersFault(String body) {
    Answer answer = server.predict("half", body);
    assertError(answer, 400);
    assertThat(answer.text()).startsWith("{\"error\":\"JSON Parse error: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void nestingWithoutEndIsRefused(String open) {
    for (String before : new String[] {"{\"instances\":", "{\"inputs\":", "{\"a\":"}) {
      Answer answer = server.predict("half", before + open.repeat(100_000));
      assertError(answer, 400);
    }
  }

  @Test
  void numberOfAMillionDigitsIsRefused() {
    for (String model : new String[] {"float", "int64", "uint64", "string"}) {
      assertError(server.predict(model, "{\"instances\":[" + "9".repeat(1_000_000) + "]}"), 400);
    }
  }

  @Test
  void encodingIsUtf8WithOrWithoutAMark() {
    assertAnswer("half", "\ufeff{\"instances\":[1]}", "{\"predictions\":[2.5]}");
    byte[] broken = "{\"instances\":[\"a?\"]}".getBytes(StandardCharsets.US_ASCII);
    for (int at = 0; at < broken.length; at++) {
      byte[] body = broken.clone();
      body[at] = (byte) 0xff;
      assertError(send("string", "", body), 400);
    }
    for (byte[] body :
        new byte[][] {{0, 0, (byte) 0xff, (byte) 0xfe}, {0, 0, 0, 0}, {(byte) 0xff}}) {
      assertError(send("string", "", body), 400);
    }
  }

  @Test
  void otherUnicodeEncodingsDoNotBreakTheServer() {
    for (String name : new String[] {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"}) {
      byte[] body = "{\"instances\":[1]}".getBytes(Charset.forName(name));
      assertThat(send("half", "", body).status()).as(name).isIn(200, 400);
      assertThat(send("half", "", Arrays.copyOf(body, body.length - 1)).status()).isIn(200, 400);
    }
  }

  @Test
  void halfACharacterIsNotTurnedIntoAServerError() {
    Answer answer = server.predict("string", "{\"instances\":[\"\\ud800\"]}");
    assertThat(answer.status()).as(answer.text()).isIn(200, 400);
  }

  private static Answer send(String model, String headers, byte[] body) {
    return server.ask("POST", "/v1/models/" + model + ":predict", headers, body);
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    }
    return bytes.toByteArray();
  }

  @Test
  void gzipIsTakenAndAnythingElseRefused() throws IOException {
    byte[] body = gzip("{\"instances\":[1]}".getBytes(StandardCharsets.UTF_8));
    assertThat(send("half", "Content-Encoding: gzip\r\n", body).text())
        .isEqualTo("{\"predictions\":[2.5]}");
    assertThat(send("half", "Content-Encoding: GZIP\r\n", body).status()).isEqualTo(200);
    assertThat(send("half", "Content-Encoding: gzip\r\nAccept-Encoding: gzip\r\n", body).headers())
        .doesNotContainKey("content-encoding");
    assertError(
        send("half", "Content-Encoding: br\r\n", body),
        400,
        "content-encoding 'br' (expected: gzip, or none)");
    assertError(send("half", "", body), 400);
  }

  @Test
  void brokenGzipIsACallersFault() throws IOException {
    byte[] body = gzip("{\"instances\":[1]}".getBytes(StandardCharsets.UTF_8));
    String gzip = "Content-Encoding: gzip\r\n";
    for (int length = 0; length < body.length - 10; length++) {
      assertError(send("half", gzip, Arrays.copyOf(body, length)), 400);
    }
    assertError(send("half", gzip, "{\"instances\":[1]}".getBytes(StandardCharsets.UTF_8)), 400);
  }

  @Test
  void smallGzipOfALargeBodyIsRefused() throws IOException {
    String gzip = "Content-Encoding: gzip\r\n";
    byte[] bomb =
        gzip(("{\"a\":\"" + " ".repeat(64 << 20) + "\"}").getBytes(StandardCharsets.UTF_8));
    assertThat(bomb.length).isLessThan(TfsServer.MOST_BODY_BYTES);
    assertError(send("half", gzip, bomb), 400);
    byte[] spaces = gzip(" ".repeat(2 << 20).getBytes(StandardCharsets.UTF_8));
    assertError(
        send("half", gzip, spaces),
        400,
        "uncompressed body is larger than " + TfsServer.MOST_BODY_BYTES + " bytes");
  }

  @Test
  void largeBatchGoesThrough() {
    StringBuilder in = new StringBuilder("{\"instances\":[0");
    StringBuilder out = new StringBuilder("{\"predictions\":[2.0");
    for (int i = 2; i < 100_000; i += 2) {
      in.append(',').append(i);
      out.append(',').append((float) (i / 2 + 2));
    }
    assertAnswer("half", in + "]}", out + "]}");
  }
}
