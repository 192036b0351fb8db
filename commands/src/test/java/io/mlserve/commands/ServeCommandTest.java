package io.mlserve.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.OnnxGraph;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mlserve serve} as far as it does not serve: its usage, and {@code --check}. */
class ServeCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;
  private Path half;

  @BeforeEach
  void writeModel() {
    half = Models.write(Models.halfPlus(2), folder.resolve("half/model.onnx")).resolveSibling("");
  }

  private int serve(Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> line = new ArrayList<>(List.of("serve"));
    for (Object argument : arguments) {
      line.add(argument.toString());
    }
    return CommandLines.run(
        CommandLines.create(new PrintWriter(out, true), new PrintWriter(err, true)),
        line.toArray(new String[0]));
  }

  private void assertUsage(String message) {
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .startsWith("mlserve serve: ")
        .contains(message, " (2)\nhint: ")
        .doesNotContain("Exception", "io.mlserve");
    assertThat(err.toString().lines()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --port             | 70000   | --port: 70000 (expected: 0 to 65535)
          --port             | -1      | --port: -1 (expected: 0 to 65535)
          --port             | http    | 'http'
          --grpc-port        | 70000   | '70000' (expected: 0 to 65535, or off)
          --grpc-port        | on      | 'on' (expected: 0 to 65535, or off)
          --threads          | 0       | --threads: 0 (expected: at least 1)
          --intra-op-threads | 0       | --intra-op-threads: 0 (expected: at least 1)
          --max-inflight     | 0       | --max-inflight: 0 (expected: at least 1)
          --max-connections  | 0       | --max-connections: 0 (expected: at least 1)
          --metrics-compat   | torch   | --metrics-compat: torch (expected: tfs-fork, tfs, triton
          --metrics-extra-label | le=1 | --metrics-extra-label: le (expected: a label that is free)
          --max-header-size  | 0       | --max-header-size: 0 (expected: at least 1)
          --max-body-size    | much    | 'much' (expected: a size such as 512k or 64MiB)
          --reload-interval  | 0       | --reload-interval: 0 (expected: more
          --reload-interval  | soon    | 'soon' (expected: a duration such as 500ms, 10s or 1m30s)
          --header-timeout   | 0       | --header-timeout: 0 (expected: more than 0)
          --body-timeout     | 0s      | --body-timeout: 0 (expected: more than 0)
          --idle-timeout     | 0ms     | --idle-timeout: 0 (expected: more than 0)
          --request-timeout  | 0       | --request-timeout: 0 (expected: more than 0)
          --drain-timeout    | -1s     | '-1s' (expected: a duration
          --warm-up          | perhaps | 'perhaps'
          --signature-change | perhaps | 'perhaps'
          --model            | bad name=x | model name 'bad name' (expected: at most 128
          --model            | x=      | 'x=' has no path (expected: [NAME=]PATH)
          """)
  void valueThatMakesNoSenseIsAWrongUsage(String option, String value, String message) {
    assertThat(serve("--model", "m=" + half, option, value)).isEqualTo(ExitStatus.USAGE);
    assertUsage(message);
  }

  @Test
  void serverNeedsAModel() {
    assertThat(serve()).isEqualTo(ExitStatus.USAGE);
    assertUsage(
        "no model (expected: --model [NAME=]PATH, --model-repository DIR or --config FILE)");
  }

  @Test
  void twoModelsOfOneNameAreAWrongUsage() {
    assertThat(serve("--model", "a=" + half, "--model", "a=/elsewhere"))
        .isEqualTo(ExitStatus.USAGE);
    assertUsage("--model: two models called 'a': " + half + " and /elsewhere");
  }

  @Test
  void unknownOptionIsSuggestedARightOne() {
    assertThat(serve("--modle", half)).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("--modle").contains("hint: did you mean '--model'?");
  }

  @Test
  void goodModelIsDescribed() {
    assertThat(serve("--check", "--model", half)).isEqualTo(ExitStatus.OK);
    assertThat(out)
        .hasToString(
            """
            half (version 1): loads and runs
              input  x: FLOAT [-1]
              output y: FLOAT [-1]
            """);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void goodModelIsDescribedAsJsonOneLineEach() throws IOException {
    Models.write(Models.uciHousing(1), folder.resolve("housing/7/model.onnx"));
    assertThat(serve("--check", "--json", "--model", "price=" + folder.resolve("housing"), half))
        .isEqualTo(ExitStatus.OK);
    assertThat(out)
        .hasToString(
            """
            {"model":"price","version":7,"inputs":[{"name":"x","type":"FLOAT","shape":[-1,13]}],\
            "outputs":[{"name":"y","type":"FLOAT","shape":[-1,1]}]}
            {"model":"half","version":1,"inputs":[{"name":"x","type":"FLOAT","shape":[-1]}],\
            "outputs":[{"name":"y","type":"FLOAT","shape":[-1]}]}
            """);
  }

  @Test
  void oneOptionTakesSeveralModelsWithAndWithoutNames() {
    Path single = Models.write(Models.halfPlus(3), folder.resolve("three.onnx"));
    assertThat(serve("--model", "a=" + half, half, single, "--check")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString().lines().filter(line -> line.endsWith("loads and runs")))
        .containsExactly(
            "a (version 1): loads and runs",
            "half (version 1): loads and runs",
            "three (version 1): loads and runs");
  }

  @Test
  void everyFolderOfARepositoryIsAModel() throws IOException {
    Models.write(Models.uciHousing(1), folder.resolve("housing/7/model.onnx"));
    Files.createDirectory(folder.resolve(".hidden"));
    Files.writeString(folder.resolve("README"), "no model");
    assertThat(serve("--check", "--model-repository", folder)).isEqualTo(ExitStatus.OK);
    assertThat(out.toString().lines().filter(line -> line.endsWith("loads and runs")))
        .containsExactly("half (version 1): loads and runs", "housing (version 7): loads and runs");
  }

  @Test
  void repositoryThatIsNotThereIsNotFound() {
    assertThat(serve("--model-repository", folder.resolve("absent")))
        .isEqualTo(ExitStatus.NOT_FOUND);
    assertThat(err.toString())
        .isEqualTo(
            "mlserve serve: --model-repository: cannot read folder "
                + folder.resolve("absent")
                + " (6)\n");
  }

  @Test
  void corruptModelIsBadData() {
    Models.write(Models.corrupt(), folder.resolve("bad/model.onnx"));
    assertThat(serve("--check", "--model", folder.resolve("bad"))).isEqualTo(ExitStatus.BAD_DATA);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .startsWith("mlserve serve: model 'bad': cannot load model.onnx: ")
        .endsWith(" (7)\n");
  }

  @Test
  void modelThatLoadsButDoesNotRunIsBadDataAndSaysWhatToDo() {
    OnnxGraph needsTwo =
        new OnnxGraph("needs-two")
            .input("x", ElementType.FLOAT, -1)
            .output("y", ElementType.FLOAT, 1, 2)
            .longs("shape", List.of(2L), 1, 2)
            .node("Reshape", List.of("x", "shape"), "y");
    Models.write(needsTwo.toModel(Map.of()), folder.resolve("odd/model.onnx"));
    assertThat(serve("--check", "--model", folder.resolve("odd"))).isEqualTo(ExitStatus.BAD_DATA);
    assertThat(err.toString())
        .contains("model 'odd': warm-up run with zeros of shape {x=[1]} failed: ")
        .contains("\nhint: if this model cannot run on zeros, serve it with --warm-up off\n");
    assertThat(serve("--check", "--warm-up", "off", "--model", folder.resolve("odd")))
        .isEqualTo(ExitStatus.OK);
  }

  @Test
  void modelThatIsNotThereIsNotFound() {
    Path absent = folder.resolve("absent");
    assertThat(serve("--check", "--model", absent)).isEqualTo(ExitStatus.NOT_FOUND);
    assertThat(err.toString())
        .startsWith("mlserve serve: no model in " + absent + " (6)\nhint: expected an .onnx file");
  }

  @Test
  void helpNamesEveryExitStatusThatItCanHave() {
    assertThat(serve("--help")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString())
        .contains("Exit status:", "  130 ", "--model-repository", "Examples:");
  }
}
