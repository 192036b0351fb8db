package io.mlserve.protocol.oip;

import static io.mlserve.protocol.oip.OipRestFixture.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.OnnxGraph;
import io.mlserve.http.NettyLeaks;
import io.mlserve.http.RawClient.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Inference with JSON both ways. */
@ExtendWith(NettyLeaks.class)
class OipRestInferTest {
  @TempDir private static Path folder;
  private static OipRestFixture server;

  @BeforeAll
  static void serve() {
    Map<String, Path> models = new LinkedHashMap<>();
    models.put("half", OipRestFixture.write(folder.resolve("half"), Models.halfPlus(2)));
    for (ElementType type : ElementType.values()) {
      String name = type.name().toLowerCase(Locale.ROOT);
      models.put(name, OipRestFixture.write(folder.resolve(name), OipRestFixture.same(type, -1)));
    }
    put(models, "bfloat16", StrangeModels.same(StrangeModels.BFLOAT16));
    put(models, "float8", StrangeModels.same(StrangeModels.FLOAT8E4M3FN));
    put(models, "narrow", StrangeModels.withNarrowOutput());
    put(models, "maps", StrangeModels.withMaps());
    put(models, "strings", StrangeModels.withStrings("plain é", "😀"));
    put(models, "scalar", OipRestFixture.same(ElementType.FLOAT));
    put(models, "matrix", OipRestFixture.same(ElementType.INT32, -1, 2, 3));
    put(models, "rows", OipRestFixture.same(ElementType.FLOAT, -1, 4));
    put(models, "two", Models.echo(List.of(ElementType.FLOAT, ElementType.STRING)));
    put(
        models,
        "sum",
        new OnnxGraph("sum")
            .input("a", ElementType.FLOAT, -1)
            .input("b", ElementType.FLOAT, -1)
            .output("sum", ElementType.FLOAT, -1)
            .output("difference", ElementType.FLOAT, -1)
            .node("Add", List.of("a", "b"), "sum")
            .node("Sub", List.of("a", "b"), "difference")
            .toModel(Map.of()));
    server = OipRestFixture.serving(models);
  }

  private static void put(
      Map<String, Path> models, String name, io.mlserve.fixtures.onnx.Payload model) {
    models.put(name, OipRestFixture.write(folder.resolve(name), model));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String input(String datatype, String shape, String data) {
    return "{\"name\":\"x\",\"shape\":"
        + shape
        + ",\"datatype\":\""
        + datatype
        + "\",\"data\":"
        + data
        + "}";
  }

  private static String request(String datatype, String shape, String data) {
    return "{\"inputs\":[" + input(datatype, shape, data) + "]}";
  }

  private static String answer(String model, String datatype, String shape, String data) {
    return "{\"model_name\":\""
        + model
        + "\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"y\",\"datatype\":\""
        + datatype
        + "\",\"shape\":"
        + shape
        + ",\"data\":"
        + data
        + "}]}";
  }

  private static void assertAnswer(String model, String request, String expected) {
    Answer answer = server.infer(model, request);
    assertThat(answer.text()).isEqualTo(expected);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.header("inference-header-content-length")).isEmpty();
  }

  private static void assertRefused(String model, String request, String message) {
    assertError(server.infer(model, request), 400, message);
  }

  @Test
  void answerNamesModelVersionAndOutputs() {
    assertAnswer(
        "half",
        request("FP32", "[3]", "[1.0,2,5e0]"),
        answer("half", "FP32", "[3]", "[2.5,3.0,4.5]"));
    assertThat(
            server.post("/v2/models/half/versions/1/infer", request("FP32", "[1]", "[1]")).text())
        .isEqualTo(answer("half", "FP32", "[1]", "[2.5]"));
  }

  @Test
  void idComesBackIfThereWasOne() {
    assertThat(
            server
                .infer(
                    "half", "{\"id\":\"a\\\"7é\",\"inputs\":[" + input("FP32", "[1]", "[1]") + "]}")
                .text())
        .startsWith("{\"id\":\"a\\\"7é\",\"model_name\":");
    assertThat(
            server
                .infer("half", "{\"id\":\"\",\"inputs\":[" + input("FP32", "[1]", "[1]") + "]}")
                .text())
        .startsWith("{\"id\":\"\",\"model_name\":");
    assertThat(
            server
                .infer("half", "{\"id\":null,\"inputs\":[" + input("FP32", "[1]", "[1]") + "]}")
                .text())
        .startsWith("{\"model_name\":");
    assertRefused("half", "{\"id\":42,\"inputs\":[]}", "the request's id (expected: a string)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1,2,3,4,5,6,7,8,9,10,11,12]",
        "[[[1,2,3],[4,5,6]],[[7,8,9],[10,11,12]]]",
        " [ [ [ 1 , 2,3],[4,5,6] ] , [[7,8,9],[10,11,12] ] ] "
      })
  void dataIsFlatOrNestedLikeTheShape(String data) {
    assertAnswer(
        "matrix",
        request("INT32", "[2,2,3]", data),
        answer("matrix", "INT32", "[2,2,3]", "[1,2,3,4,5,6,7,8,9,10,11,12]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[[1,2,3],[4,5,6]]       | lists of [2, 3] (expected: one list, or lists like shape [1, 2, 3])",
        "[[[1,2],[3,4],[5,6]]]   | lists of [1, 3, 2] (expected: one list, or lists like shape [1, 2, 3])",
        "[[[1,2,3],[4,5]],[6]]   | a list of 2 beside a list of 3",
        "[[[1,2,3],4],[[5,6]]]   | a list beside a value (expected: equal nesting)",
        "[1,2,3,4,5]             | 5 elements (expected: 6, the product of shape [1, 2, 3])",
        "[1,2,3,4,5,6,7]         | more than the 6 elements of its shape",
        "[]                      | 0 elements (expected: 6, the product of shape [1, 2, 3])",
        "7                       | 1 elements (expected: 6, the product of shape [1, 2, 3])",
        "{}                      | data: { (expected: a whole number that INT32 can hold)",
        "[1,2,3,4,5,null]        | data: null (expected: a whole number that INT32 can hold)",
        "[1,2,3,4,5,\"6\"]       | data: 6 (expected: a whole number that INT32 can hold)",
        "[1,2,3,4,5,6.0]         | data: 6.0 (expected: a whole number that INT32 can hold)",
        "[1,2,3,4,5,2147483648]  | data: 2147483648 (expected: a whole number that INT32 can hold)",
      })
  void dataThatIsNotLikeTheShapeIsRefused(String data, String message) {
    assertRefused("matrix", request("INT32", "[1,2,3]", data), "input 'x': " + message);
  }

  @Test
  void deepNestingHasAnEnd() {
    assertRefused(
        "half",
        request("FP32", "[1]", "[".repeat(40) + "1" + "]".repeat(40)),
        "input 'x': nested deeper than 32 lists");
    assertThat(server.infer("half", "{\"a\":" + "[".repeat(100_000)).text())
        .contains("nested too deeply");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"data\":DATA,\"datatype\":\"INT32\",\"shape\":[2,2,3],\"name\":\"x\"}",
        "{\"shape\":[2,2,3],\"data\":DATA,\"name\":\"x\",\"datatype\":\"INT32\"}",
        "{\"name\":\"x\",\"data\":DATA,\"shape\":[2,2,3],\"datatype\":\"INT32\"}",
        "{\"more\":{\"a\":[1]},\"data\":DATA,\"parameters\":null,\"name\":\"x\",\"shape\":[2,2,3],"
            + "\"datatype\":\"INT32\"}",
      })
  void keysComeInAnyOrder(String input) {
    for (String data :
        List.of("[1,2,3,4,5,6,7,8,9,10,11,12]", "[[[1,2,3],[4,5,6]],[[7,8,9],[10,11,12]]]")) {
      assertAnswer(
          "matrix",
          "{\"outputs\":null,\"inputs\":[" + input.replace("DATA", data) + "],\"other\":7}",
          answer("matrix", "INT32", "[2,2,3]", "[1,2,3,4,5,6,7,8,9,10,11,12]"));
    }
  }

  @Test
  void dataBeforeTheNameAreFoundAgainHoweverLong() {
    String data =
        IntStream.range(0, 40_000)
            .mapToObj(i -> i + ".5")
            .collect(Collectors.joining(",", "[", "]"));
    String id = "\"id\":\"é".concat("é".repeat(9_000)).concat("\",");
    String early =
        "{"
            + id
            + "\"inputs\":[{\"data\":"
            + data
            + ",\"datatype\":\"FP32\",\"shape\":[40000],\"name\":\"x\"}]}";
    String late =
        "{"
            + id
            + "\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[40000],\"data\":"
            + data
            + "}]}";
    Answer answer = server.infer("float", early);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).contains("[0.5,1.5,").isEqualTo(server.infer("float", late).text());
  }

  @Test
  void strayValuesBeforeTheNameAreJudgedWhenItIsKnown() {
    assertRefused(
        "half",
        "{\"inputs\":[{\"data\":\"text\",\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\"}]}",
        "input 'x': data: text (expected: a number that FP32 can hold)");
    assertAnswer(
        "scalar",
        "{\"inputs\":[{\"data\":7.5 ,\"name\":\"x\",\"shape\":[],\"datatype\":\"FP32\"}]}",
        answer("scalar", "FP32", "[]", "[7.5]"));
  }

  @Test
  void everyKeyIsThereOnce() {
    assertThat(server.infer("half", "{\"inputs\":[],\"inputs\":[]}").text())
        .contains("Duplicate field 'inputs'");
    assertThat(
            server
                .infer(
                    "half",
                    "{\"inputs\":[{\"name\":\"x\",\"data\":[1],\"data\":[2],\"shape\":[1],"
                        + "\"datatype\":\"FP32\"}]}")
                .text())
        .contains("Duplicate field 'data'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "float    | FP32   | [0.1,-0.0,3.4028235E38,1.4E-45]  | [0.1,-0.0,3.4028235E38,1.4E-45]",
        "float    | FP32   | [NaN,Infinity,-Infinity,16777217] | [NaN,Infinity,-Infinity,1.6777216E7]",
        "double   | FP64   | [0.1,1E308,NaN,-Infinity]        | [0.1,1.0E308,NaN,-Infinity]",
        "float16  | FP16   | [0.1,65504,-0.0,Infinity]        | [0.099975586,65504.0,-0.0,Infinity]",
        "bfloat16 | BF16   | [0.1,3.3e38,-0.0,NaN]            | [0.100097656,3.2964854E38,-0.0,NaN]",
        "int8     | INT8   | [-128,127]                       | [-128,127]",
        "int16    | INT16  | [-32768,32767]                   | [-32768,32767]",
        "int32    | INT32  | [-2147483648,2147483647]         | [-2147483648,2147483647]",
        "int64    | INT64  | [-9223372036854775808,9223372036854775807] "
            + "| [-9223372036854775808,9223372036854775807]",
        "uint8    | UINT8  | [0,255]                          | [0,255]",
        "uint16   | UINT16 | [0,65535]                        | [0,65535]",
        "uint32   | UINT32 | [0,4294967295]                   | [0,4294967295]",
        "uint64   | UINT64 | [0,18446744073709551615]         | [0,18446744073709551615]",
        "bool     | BOOL   | [true,false]                     | [true,false]",
        "string   | BYTES  | [\"\",\"a\\u0000b\",\"é😀\"]      | [\"\",\"a\\u0000b\",\"é😀\"]",
      })
  void everyElementTypeGoesThroughJson(String model, String datatype, String in, String out) {
    String shape = "[" + in.split(",", -1).length + "]";
    assertAnswer(model, request(datatype, shape, in), answer(model, datatype, shape, out));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "float    | FP32   | 1e39    | a number that FP32 can hold",
        "float    | FP32   | true    | a number that FP32 can hold",
        "float16  | FP16   | 65520   | a number that FP16 can hold",
        "bfloat16 | BF16   | 3.4e38  | a number that BF16 can hold",
        "double   | FP64   | 1e309   | a number that FP64 can hold",
        "int8     | INT8   | 128     | a whole number that INT8 can hold",
        "int16    | INT16  | -32769  | a whole number that INT16 can hold",
        "int64    | INT64  | 9223372036854775808 | a whole number that INT64 can hold",
        "int64    | INT64  | 1e3     | a whole number that INT64 can hold",
        "uint8    | UINT8  | -1      | a whole number that UINT8 can hold",
        "uint16   | UINT16 | 65536   | a whole number that UINT16 can hold",
        "uint32   | UINT32 | -1      | a whole number that UINT32 can hold",
        "uint64   | UINT64 | 18446744073709551616 | a whole number that UINT64 can hold",
        "uint64   | UINT64 | -1      | a whole number that UINT64 can hold",
        "int32    | INT32  | NaN     | a whole number that INT32 can hold",
        "bool     | BOOL   | 1       | true or false",
        "string   | BYTES  | 5       | a string of Unicode text",
      })
  void elementsThatDoNotFitAreRefused(String model, String type, String in, String expected) {
    assertRefused(
        model,
        request(type, "[1]", "[" + in + "]"),
        "input 'x': data: " + in + " (expected: " + expected + ")");
  }

  @Test
  void halfACharacterIsNoText() {
    assertError(server.infer("string", request("BYTES", "[1]", "[\"\\ud83d\"]")), 400);
    assertError(server.infer("string", request("BYTES", "[1]", "[\"\\ude00\\ud83d\"]")), 400);
    assertAnswer(
        "string",
        request("BYTES", "[1]", "[\"\\ud83d\\ude00\"]"),
        answer("string", "BYTES", "[1]", "[\"😀\"]"));
  }

  @Test
  void scalarsHaveNoDimensionAndEmptyTensorsNoElement() {
    assertAnswer("scalar", request("FP32", "[]", "[7]"), answer("scalar", "FP32", "[]", "[7.0]"));
    assertAnswer("scalar", request("FP32", "[]", "7"), answer("scalar", "FP32", "[]", "[7.0]"));
    assertAnswer("half", request("FP32", "[0]", "[]"), answer("half", "FP32", "[0]", "[]"));
    assertAnswer(
        "matrix", request("INT32", "[0,2,3]", "[]"), answer("matrix", "INT32", "[0,2,3]", "[]"));
    assertAnswer("string", request("BYTES", "[0]", "[]"), answer("string", "BYTES", "[0]", "[]"));
    assertAnswer("uint64", request("UINT64", "[0]", "[]"), answer("uint64", "UINT64", "[0]", "[]"));
  }

  @Test
  void severalInputsComeInAnyOrder() {
    String a = input("FP32", "[2]", "[5,6]").replace("\"x\"", "\"a\"");
    String b = input("FP32", "[2]", "[1,2]").replace("\"x\"", "\"b\"");
    String expected =
        "{\"model_name\":\"sum\",\"model_version\":\"1\",\"outputs\":["
            + "{\"name\":\"sum\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[6.0,8.0]},"
            + "{\"name\":\"difference\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[4.0,4.0]}]}";
    assertAnswer("sum", "{\"inputs\":[" + a + "," + b + "]}", expected);
    assertAnswer("sum", "{\"inputs\":[" + b + "," + a + "],\"outputs\":[]}", expected);
    assertRefused("sum", "{\"inputs\":[" + a + "]}", "input 'b' is missing (expected: a, b)");
    assertRefused("sum", "{}", "input 'a' is missing (expected: a, b)");
    assertRefused(
        "sum", "{\"inputs\":[" + a + "," + b + "," + a + "]}", "input 'a' is given twice");
    assertRefused(
        "sum",
        "{\"inputs\":[" + a + "," + b + "," + input("FP32", "[1]", "[1]") + "]}",
        "unexpected inference input 'x' (expected: a, b)");
  }

  @Test
  void onlyOutputsThatAreAskedForAreAnsweredInThatOrder() {
    String inputs =
        "{\"inputs\":["
            + input("FP32", "[1]", "[5]").replace("\"x\"", "\"a\"")
            + ","
            + input("FP32", "[1]", "[1]").replace("\"x\"", "\"b\"")
            + "],\"outputs\":";
    String sum = "{\"name\":\"sum\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[6.0]}";
    String difference =
        "{\"name\":\"difference\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[4.0]}";
    assertThat(server.infer("sum", inputs + "[{\"name\":\"difference\"}]}").text())
        .endsWith("\"outputs\":[" + difference + "]}");
    assertThat(
            server.infer("sum", inputs + "[{\"name\":\"difference\"},{\"name\":\"sum\"}]}").text())
        .endsWith("\"outputs\":[" + difference + "," + sum + "]}");
    assertRefused(
        "sum",
        inputs + "[{\"name\":\"z\"}]}",
        "unexpected inference output 'z' (expected: sum, difference)");
    assertRefused(
        "sum",
        inputs + "[{\"name\":\"sum\"},{\"name\":\"sum\"}]}",
        "output 'sum' is asked for twice");
    assertRefused("sum", inputs + "[{}]}", "an output has no name");
    assertRefused("sum", inputs + "[7]}", "an output is no object");
    assertRefused("sum", inputs + "7}", "'outputs' (expected: a list)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"inputs\":7}               | 'inputs' (expected: a list)",
        "{\"inputs\":null}            | 'inputs' (expected: a list)",
        "{\"inputs\":[7]}             | an input is no object",
        "{\"inputs\":[{}]}            | an input has no name",
        "{\"inputs\":[{\"name\":7}]}  | an input's name (expected: a string)",
        "{\"inputs\":[{\"name\":\"x\"}]} | input 'x' has datatype null (expected: FP32)",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"INT32\",\"shape\":[1],\"data\":[1]}]} "
            + "| input 'x' has datatype INT32 (expected: FP32)",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"data\":[1]}]} | input 'x' has no shape",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1]}]} "
            + "| input 'x' has neither data nor a binary_data_size",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1],\"data\":[1]}]} "
            + "| an input's shape (expected: whole numbers, none below 0)",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1.0],\"data\":[1]}]} "
            + "| an input's shape (expected: whole numbers, none below 0)",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":1,\"data\":[1]}]} "
            + "| an input's shape (expected: a list)",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,1],\"data\":[1]}]} "
            + "| input 'x': shape [1, 1] (expected: [-1])",
        "[]                           | the request is no JSON object",
        "7                            | the request is no JSON object",
        "\"\"                         | the request is no JSON object",
        "{\"parameters\":7}           | 'parameters' (expected: an object)",
        "{\"parameters\":{\"a\":[]}}  | parameter 'a' (expected: a string, a number or a boolean)",
        "{\"parameters\":{\"a\":null}} | parameter 'a' (expected: a string, a number or a boolean)",
      })
  void whatIsNoRequestIsRefused(String request, String message) {
    assertRefused("half", request, message);
  }

  @Test
  void emptyAndUnfinishedBodiesAreRefused() {
    assertRefused("half", "", "the request is no JSON object");
    assertError(server.infer("half", "{\"inputs\":["), 400);
    assertError(server.infer("half", request("FP32", "[1]", "[1]") + "x"), 400);
    assertRefused(
        "half",
        request("FP32", "[1]", "[1]") + " {}",
        "more behind the JSON object of the request");
    byte[] latin = request("BYTES", "[1]", "[\"é\"]").getBytes(StandardCharsets.ISO_8859_1);
    assertError(server.ask("POST", "/v2/models/string/infer", "", latin), 400);
    byte[] wide = request("FP32", "[1]", "[1]").getBytes(StandardCharsets.UTF_16LE);
    assertError(server.ask("POST", "/v2/models/half/infer", "", wide), 400);
  }

  @Test
  void shapesTooLargeForAnyTensorAreRefused() {
    String shape = "[4611686018427387904,4]";
    assertRefused(
        "rows",
        request("FP32", shape, "[]"),
        "input 'x': shape [4611686018427387904, 4] is too large");
    assertRefused(
        "rows",
        request("FP32", "[1000000000,4]", "[1]"),
        "input 'x': 1 elements (expected: 4000000000, the product of shape [1000000000, 4])");
  }

  @Test
  void parametersAreTakenAndThoseThatWouldBeAPromiseAreNot() {
    String rest = ",\"inputs\":[" + input("FP32", "[1]", "[1]") + "]}";
    for (String harmless :
        List.of(
            "\"a\":\"b\",\"c\":1,\"d\":-1.5,\"e\":true",
            "\"sequence_id\":0,\"sequence_start\":false,\"sequence_end\":false",
            "\"sequence_id\":\"\"",
            "\"priority\":1",
            "\"triton_final_response\":true,\"triton_x\":\"y\"",
            "\"timeout\":0",
            "\"timeout\":20000000,\"binary_data_output\":false",
            "\"timeout\":18446744073709551615")) {
      assertThat(server.infer("half", "{\"parameters\":{" + harmless + "}" + rest).status())
          .as(harmless)
          .isEqualTo(200);
    }
    for (String sequence :
        List.of("\"sequence_id\":7", "\"sequence_id\":\"a\"", "\"sequence_start\":true")) {
      assertThat(server.infer("half", "{\"parameters\":{" + sequence + "}" + rest).text())
          .endsWith("no model here keeps a state between requests\"}");
    }
    for (String wrong :
        List.of(
            "\"timeout\":-1",
            "\"timeout\":\"1\"",
            "\"timeout\":1.5",
            "\"priority\":-1",
            "\"binary_data_output\":1")) {
      assertError(server.infer("half", "{\"parameters\":{" + wrong + "}" + rest), 400);
    }
  }

  @Test
  void largestElementsComeAsClasses() {
    String wish = ",\"outputs\":[{\"name\":\"y\",\"parameters\":{\"classification\":2}}]}";
    String rows =
        request("FP32", "[2,4]", "[0.1,0.4,0.2,0.4,-1,NaN,-3,-Infinity]").replaceAll("}$", "")
            + wish;
    assertAnswer(
        "rows",
        rows,
        answer(
            "rows",
            "BYTES",
            "[2,2]",
            "[\"0.400000:1\",\"0.400000:3\",\"-1.000000:0\",\"-3.000000:2\"]"));
    String flat = request("FP16", "[3]", "[1,3,2]").replaceAll("}$", "") + wish.replace(":2", ":9");
    assertAnswer(
        "float16",
        flat,
        answer("float16", "BYTES", "[3]", "[\"3.000000:1\",\"2.000000:2\",\"1.000000:0\"]"));
    assertRefused(
        "int32",
        request("INT32", "[1]", "[1]").replaceAll("}$", "") + wish,
        "output 'y' of INT32 (expected for classification: floats)");
  }

  @Test
  void outputsThatCannotBeCarriedAreLeftOutUnlessAskedFor() {
    String one = request("FP32", "[1]", "[1]");
    assertAnswer("narrow", one, answer("narrow", "FP32", "[1]", "[1.0]"));
    String two = request("FP32", "[1,2]", "[1,2]");
    assertAnswer("maps", two, answer("maps", "FP32", "[1,2]", "[1.0,2.0]"));
    String z = ",\"outputs\":[{\"name\":\"z\"}]}";
    assertError(
        server.infer("narrow", one.replaceAll("}$", "") + z),
        501,
        "output 'z: FLOAT8E4M3FN [-1]', which this protocol cannot carry");
    assertError(
        server.infer("maps", two.replaceAll("}$", "") + z),
        501,
        "output 'z: seq(map(int64,float))', which this protocol cannot carry");
  }

  @Test
  void inputsThatCannotBeCarriedAreNamed() {
    assertError(
        server.infer("float8", request("FP8", "[1]", "[1]")),
        501,
        "input 'x' has elements of type FLOAT8E4M3FN, which this protocol cannot carry");
  }

  @Test
  void sharedMemoryIsNotOffered() {
    String shared =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\","
            + "\"parameters\":{\"shared_memory_region\":\"r\",\"shared_memory_byte_size\":4}}]}";
    assertError(
        server.infer("half", shared), 501, "input 'x' is in shared memory, which is not offered");
  }

  private static byte[] packed(String text, boolean gzip) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = gzip ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static Answer infer(String encoding, byte[] body) {
    return server.ask(
        "POST", "/v2/models/half/infer", "Content-Encoding: " + encoding + "\r\n", body);
  }

  @Test
  void bodiesMayBeCompressed() {
    String request = request("FP32", "[1]", "[1]");
    String expected = answer("half", "FP32", "[1]", "[2.5]");
    assertThat(infer("gzip", packed(request, true)).text()).isEqualTo(expected);
    assertThat(infer("GZIP", packed(request, true)).text()).isEqualTo(expected);
    assertThat(infer("deflate", packed(request, false)).text()).isEqualTo(expected);
    assertThat(infer("identity", request.getBytes(StandardCharsets.UTF_8)).text())
        .isEqualTo(expected);
    assertError(infer("gzip", packed(request, false)), 400, "body is no whole gzip data");
    assertError(infer("gzip", java.util.Arrays.copyOf(packed(request, true), 30)), 400);
    assertError(infer("deflate", java.util.Arrays.copyOf(packed(request, false), 30)), 400);
    assertError(
        infer("br", new byte[3]), 400, "content-encoding 'br' (expected: gzip, deflate or none)");
    byte[] bomb = packed(" ".repeat(OipRestFixture.MOST_BODY_BYTES + 1), true);
    assertThat(bomb).hasSizeLessThan(10_000);
    assertError(infer("gzip", bomb), 400, "uncompressed body is larger than 1048576 bytes");
  }
}
