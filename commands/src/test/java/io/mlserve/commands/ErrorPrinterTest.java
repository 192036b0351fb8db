package io.mlserve.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.commands.CommandLines.Surroundings;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class ErrorPrinterTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Command(name = "mlserve", subcommands = Pull.class)
  static final class Program implements Runnable {
    @Mixin CommonOptions common;

    @Override
    public void run() {}
  }

  @Command(name = "pull")
  static final class Pull implements Callable<Integer> {
    @Mixin CommonOptions common;

    @Option(names = "--port", paramLabel = "PORT")
    int port;

    @Option(names = "--limit", paramLabel = "SIZE")
    ByteSize limit = new ByteSize(0);

    @Option(names = "--json")
    boolean json;

    @Parameters(paramLabel = "SOURCE")
    String source = "";

    @Override
    public Integer call() throws IOException {
      throw switch (source) {
        case "lost" ->
            new MlserveException(ErrorCode.DATA_LOSS, "sha256 of 'a\u001b[31m\nb' is wrong")
                .withHint("download it again");
        case "pipe" -> new OutputFailedException(new IOException("Broken pipe"));
        case "full" -> new OutputFailedException(new IOException("No space left on device"));
        default -> new IllegalStateException("a bug");
      };
    }
  }

  private int run(String... arguments) {
    CommandLine line = new CommandLine(new Program());
    return CommandLines.create(line, line::getCommandSpec, Surroundings.NONE)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void expectedFailureIsOneLineAndAHint() {
    assertThat(run("pull", "lost")).isEqualTo(7);
    assertThat(err)
        .hasToString(
            """
            mlserve pull: sha256 of 'a\\u001b[31m b' is wrong (7)
            hint: download it again
            """);
  }

  @Test
  void debugShowsTheStackTrace() {
    assertThat(run("pull", "lost", "--debug")).isEqualTo(7);
    assertThat(err.toString()).contains("at io.mlserve.commands.ErrorPrinterTest$Pull.call");
  }

  @Test
  void bugKeepsItsStackTrace() {
    assertThat(run("pull", "other")).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("mlserve pull: unexpected error, please report it (1)\n")
        .contains("IllegalStateException: a bug", "ErrorPrinterTest$Pull.call");
  }

  @Test
  void failureOfAJsonCommandIsOneJsonObject() {
    assertThat(run("pull", "--json", "lost")).isEqualTo(7);
    assertThat(err)
        .hasToString(
            """
            {"type":"error","command":"mlserve pull","status":7,"code":"DATA_LOSS",\
            "message":"sha256 of 'a\\u001B[31m\\nb' is wrong","hint":"download it again"}
            """);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void badCommandLineOfAJsonCommandIsOneJsonObject() {
    assertThat(run("pull", "--json", "--port=x", "y")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(
            "{\"type\":\"error\",\"command\":\"mlserve pull\",\"status\":2,\"code\":\"USAGE\"")
        .endsWith("}\n")
        .hasLineCount(1);
  }

  @Test
  void brokenPipeEndsQuietly() {
    assertThat(run("pull", "pipe")).isEqualTo(141);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void fullDiskIsSaid() {
    assertThat(run("pull", "full")).isEqualTo(8);
    assertThat(err)
        .hasToString(
            "mlserve pull: cannot write to standard output: No space left on device (8)\n");
  }

  @Test
  void misspeltOptionIsGuessed() {
    assertThat(run("pull", "--prot", "1", "x")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            """
            mlserve pull: unknown option '--prot' (2)
            hint: did you mean '--port'?
            """);
  }

  @Test
  void misspeltCommandIsGuessed() {
    assertThat(run("pul")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            """
            mlserve: unknown command 'pul' (2)
            hint: did you mean 'pull'?
            """);
  }

  @Test
  void unknownOptionThatIsLikeNoneGetsTheHelp() {
    assertThat(run("pull", "--frobnicate=3", "x")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            """
            mlserve pull: unknown option '--frobnicate' (2)
            hint: see 'mlserve pull --help'
            """);
  }

  @Test
  void argumentTooMany() {
    assertThat(run("pull", "x", "y")).isEqualTo(2);
    assertThat(err.toString()).startsWith("mlserve pull: unexpected argument 'y' (2)\n");
  }

  @Test
  void missingArgumentIsNamed() {
    assertThat(run("pull")).isEqualTo(2);
    assertThat(err.toString()).startsWith("mlserve pull: SOURCE is missing (2)\n");
  }

  @Test
  void optionWithoutItsValue() {
    assertThat(run("pull", "x", "--port")).isEqualTo(2);
    assertThat(err.toString()).startsWith("mlserve pull: option --port needs a value (2)\n");
  }

  @Test
  void badNumber() {
    assertThat(run("pull", "x", "--port", "many")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("mlserve pull: --port: 'many' (expected: a whole number) (2)\n");
  }

  @Test
  void badSize() {
    assertThat(run("pull", "x", "--limit", "10 q")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("mlserve pull: --limit: '10 q' (expected: a size such as 512k or 64MiB) (2)\n");
  }
}
