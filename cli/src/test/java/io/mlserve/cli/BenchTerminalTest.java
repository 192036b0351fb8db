package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlserve.fixtures.net.StubModelServer;
import io.mlserve.fixtures.net.StubModelServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The live view of {@code mlserve bench} on a real terminal, which {@code script} of util-linux
 * makes: however the process ends, the terminal is as it was.
 */
@Timeout(120)
class BenchTerminalTest {
  private static final Pattern MODE = Pattern.compile("\u001b\\[\\?(\\d+)([hl])");

  @TempDir private Path dir;

  private StubModelServer server;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(isThere("script") && isThere("stty"), "script or stty is not installed");
    server =
        StubModelServer.start(
            (n, body) -> Answer.ok("{\"predictions\": [2.5]}", Duration.ofMillis(20)));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  @Test
  void runThatEndsLeavesTheTerminalAsItWas() throws Exception {
    Process terminal = bench("-d", "3s");

    assertThat(status(terminal)).isEqualTo("0");
    assertThatTerminalIsAsItWas();
    assertThat(transcript())
        .contains("measuring")
        .contains("RESULT ")
        .doesNotContain("\uffff") // JLine's way of going back by a key that sends DEL
        .doesNotContain("\u001b(0"); // another character set
  }

  @Test
  void interruptLeavesTheTerminalAsItWasAndPrintsWhatThereIs() throws Exception {
    Process terminal = bench("-d", "100s");
    awaitView();
    signal("INT");

    assertThat(status(terminal)).isEqualTo("130");
    assertThatTerminalIsAsItWas();
    assertThat(transcript()).contains("RESULT interrupted");
  }

  @Test
  void terminationLeavesTheTerminalAsItWasAndPrintsWhatThereIs() throws Exception {
    Process terminal = bench("-d", "100s");
    awaitView();
    signal("TERM");

    assertThat(status(terminal)).isEqualTo("143");
    assertThatTerminalIsAsItWas();
    assertThat(transcript()).contains("RESULT interrupted");
  }

  @Test
  void exceptionLeavesTheTerminalAsItWas() throws Exception {
    Path gone = Files.createDirectory(dir.resolve("gone"));
    Process terminal = bench("-d", "3s", "--html", gone.resolve("r.html").toString());
    awaitView();
    Files.delete(gone); // the report cannot be written

    assertThat(status(terminal)).isEqualTo("6");
    assertThatTerminalIsAsItWas();
  }

  @Test
  void killLeavesNothingToPutBack() throws Exception {
    Process terminal = bench("-d", "100s");
    awaitView();
    signal("KILL");

    assertThat(status(terminal)).isEqualTo("137");
    assertThatTerminalIsAsItWas();
  }

  private Process bench(String... options) throws IOException {
    List<String> java = JavaCommand.start();
    java.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    java.addAll(List.of("bench", server.uri().toString(), "-m", StubModelServer.MODEL, "-c", "2"));
    java.addAll(List.of(options));
    List<String> quoted = new ArrayList<>();
    java.forEach(word -> quoted.add("'" + word.replace("'", "'\\''") + "'"));
    Path run = dir.resolve("run.sh");
    Files.writeString(
        run,
        """
        cd '%s'
        stty rows 30 cols 90
        stty -g > before
        sh -c 'echo $$ > pid; exec sh ./java.sh'
        echo $? > status
        stty -g > after
        """
            .formatted(dir));
    Files.writeString(dir.resolve("java.sh"), "exec " + String.join(" ", quoted) + "\n");
    ProcessBuilder script =
        new ProcessBuilder("script", "-qfec", "sh " + run, dir.resolve("typescript").toString());
    script.environment().put("TERM", "xterm-256color");
    return script.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  private void awaitView() {
    await().atMost(Duration.ofSeconds(60)).until(() -> transcript().contains("measuring"));
  }

  private void signal(String name) throws IOException, InterruptedException {
    String pid = Files.readString(dir.resolve("pid")).strip();
    Process kill = new ProcessBuilder("kill", "-" + name, pid).start();
    assertThat(kill.waitFor()).isZero();
  }

  private String status(Process terminal) throws IOException, InterruptedException {
    try {
      assertThat(terminal.waitFor(60, TimeUnit.SECONDS)).as(transcript()).isTrue();
    } finally {
      terminal.descendants().sorted(Comparator.reverseOrder()).forEach(ProcessHandle::destroy);
      terminal.destroy();
    }
    return Files.readString(dir.resolve("status")).strip();
  }

  private void assertThatTerminalIsAsItWas() throws IOException {
    assertThat(Files.readString(dir.resolve("after")))
        .isEqualTo(Files.readString(dir.resolve("before")));
    Map<String, String> modes = new LinkedHashMap<>();
    Matcher mode = MODE.matcher(transcript());
    while (mode.find()) {
      modes.put(mode.group(1), mode.group(2));
    }
    assertThat(modes).doesNotContainEntry("25", "l"); // cursor
    assertThat(modes).doesNotContainEntry("7", "l"); // lines wrap
    assertThat(modes).doesNotContainEntry("1049", "h"); // the other screen
    int last =
        Math.max(transcript().lastIndexOf("\u001b[0m"), transcript().lastIndexOf("\u001b[m"));
    assertThat(transcript().substring(last + 1)).doesNotContainPattern("\u001b\\[[1-9][0-9;]*m");
  }

  private String transcript() throws IOException {
    Path file = dir.resolve("typescript");
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
