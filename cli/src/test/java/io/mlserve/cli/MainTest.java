package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.commands.CommandLines;
import io.mlserve.commands.CommandTree;
import io.mlserve.commands.OutputFailedException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine.Model.CommandSpec;

/** What holds for every command. */
class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
  }

  private static List<CommandSpec> commands() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return CommandTree.of(CommandLines.create(nowhere, nowhere).getCommandSpec()).toList();
  }

  @Test
  void versionIsOneLine() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).matches("mlserve \\d+\\.\\d+\\.\\d+\\S*\n");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void versionCommandNamesJavaAndOnnxRuntime() {
    assertThat(run("version")).isZero();
    assertThat(out.toString())
        .contains("java         " + System.getProperty("java.vm.version"))
        .containsPattern("onnxruntime  \\d+\\.\\d+");
  }

  @Test
  void versionCommandPrintsJson() {
    assertThat(run("version", "--json")).isZero();
    assertThat(out.toString())
        .hasLineCount(1)
        .matches("\\{\"mlserve\":\"[^\"]+\".*\"onnxruntime\":\"[^\"]+\".*\\}\n");
  }

  @Test
  void aloneItShowsHelpOnStderr() {
    assertThat(run()).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("Usage: mlserve [OPTIONS] COMMAND\n").contains("serve");
  }

  @TestFactory
  Stream<DynamicTest> helpGoesToStdoutInEverySpelling() {
    return commands().stream()
        .filter(command -> command.parent() != null && !command.helpCommand())
        .map(
            command ->
                DynamicTest.dynamicTest(command.qualifiedName(), () -> helpGoesToStdout(command)));
  }

  private static void helpGoesToStdout(CommandSpec command) {
    String[] words = command.qualifiedName().split(" ");
    for (String flag : List.of("-h", "--help")) {
      String[] arguments = words.clone();
      System.arraycopy(words, 1, arguments, 0, words.length - 1);
      arguments[words.length - 1] = flag;
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      assertThat(Main.run(new PrintWriter(out), new PrintWriter(err), arguments)).isZero();
      assertThat(out.toString())
          .startsWith("Usage: " + command.qualifiedName() + " ")
          .contains("\nOptions:\n", "\nExit status:\n")
          .doesNotContain("\u001b", "${", "%n");
      assertThat(err.toString()).isEmpty();
    }
  }

  @TestFactory
  Stream<DynamicTest> helpShowsExamplesBeforeOptionsAndFitsTheTerminal() {
    return commands().stream()
        .filter(command -> command.subcommands().isEmpty() && !command.helpCommand())
        .map(
            command ->
                DynamicTest.dynamicTest(
                    command.qualifiedName(),
                    () -> {
                      String help = command.commandLine().getUsageMessage();
                      assertThat(help.indexOf("\nExamples:\n"))
                          .isPositive()
                          .isLessThan(help.indexOf("\nOptions:\n"));
                      assertThat(help.lines()).allMatch(line -> line.length() <= 80);
                      for (String example : command.usageMessage().footer()) {
                        assertThat(example.lines()).allMatch(line -> line.length() < 80);
                      }
                    }));
  }

  @Test
  void everyOptionIsKebabCaseOrHasAKebabTwin() {
    for (CommandSpec command : commands()) {
      command
          .options()
          .forEach(
              option ->
                  assertThat(option.names())
                      .describedAs("%s %s", command.qualifiedName(), List.of(option.names()))
                      .anyMatch(name -> name.matches("--[a-z][a-z0-9-]*")));
    }
  }

  @Test
  void standardOutputThatFailsEndsTheCommandOnce() {
    StandardOutput stream =
        new StandardOutput(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            });
    PrintWriter writer = new PrintWriter(stream, true, StandardCharsets.UTF_8);
    assertThatThrownBy(() -> writer.println("data"))
        .isInstanceOfSatisfying(
            OutputFailedException.class, e -> assertThat(e.brokenPipe()).isTrue());
    writer.flush(); // what is left in buffers is not worth a second failure
  }
}
