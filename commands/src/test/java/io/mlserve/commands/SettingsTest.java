package io.mlserve.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.commands.CommandLines.Surroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where an option's value comes from, on a program with every kind of option. */
class SettingsTest {
  private final Map<String, String> environment = new HashMap<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<LogOptions> logged = new ArrayList<>();
  @TempDir private Path home;
  private Path system;

  @BeforeEach
  void homeWithoutSettings() {
    environment.put("HOME", home.toString());
    system = home.resolve("etc/mlserve.conf");
  }

  @Command(name = "mlserve", subcommands = Run.class)
  static final class Program implements Runnable {
    @Mixin CommonOptions common;

    @Override
    public void run() {}
  }

  enum Kind {
    GENERAL,
    HDFS
  }

  @Command(name = "run")
  static final class Run implements Callable<Integer> {
    static final class Group {
      @Option(names = "--grouped")
      String grouped = "-";
    }

    @Spec CommandSpec spec;
    @Mixin CommonOptions common;

    @Option(names = "--port", defaultValue = "5")
    int port;

    @Option(names = {"--remote_path", "--remote-path"})
    Optional<String> path;

    @Option(names = "--interval", defaultValue = "1s")
    Duration interval;

    @Option(names = "--kind", defaultValue = "hdfs")
    Kind kind;

    @Option(names = "--strict")
    boolean strict;

    @Option(names = "--model")
    List<String> models = new ArrayList<>();

    @ArgGroup(validate = false)
    Group group = new Group();

    static final class Form {
      @Option(names = "--json")
      boolean json;

      @Option(names = "--raw")
      boolean raw;
    }

    @ArgGroup Form form = new Form();

    @Override
    public Integer call() {
      spec.commandLine()
          .getOut()
          .printf(
              "port=%d path=%s interval=%s kind=%s strict=%s models=%s grouped=%s verbose=%d form=%s",
              port,
              path.orElse("-"),
              interval,
              kind,
              strict,
              models,
              group.grouped,
              common.verbosity(),
              form.json ? "json" : form.raw ? "raw" : "-");
      return 0;
    }
  }

  @Command(name = "mlserve", subcommands = Demanding.class)
  static final class OtherProgram implements Runnable {
    @Mixin CommonOptions common;

    @Override
    public void run() {}
  }

  @Command(name = "demand")
  static final class Demanding implements Callable<Integer> {
    @Spec CommandSpec spec;
    @Mixin CommonOptions common;

    @Option(names = "--port", required = true)
    int port;

    @Option(names = "--model", required = true)
    List<String> models = new ArrayList<>();

    @Override
    public Integer call() {
      spec.commandLine().getOut().printf("port=%d models=%s", port, models);
      return 0;
    }
  }

  private int run(Object program, String... arguments) {
    CommandLine line = new CommandLine(program);
    return CommandLines.create(
            line,
            line::getCommandSpec,
            new Surroundings(environment, system, (options, e) -> logged.add(options)))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private int run(String... arguments) {
    return run(new Program(), arguments);
  }

  private static void write(Path file, String... lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, List.of(lines));
  }

  private Path userFile() {
    return home.resolve(".config/mlserve/mlserve.conf");
  }

  @Test
  void withoutSettingsTheDefaultsHold() {
    assertThat(run("run")).isZero();
    assertThat(out)
        .hasToString(
            "port=5 path=- interval=PT1S kind=HDFS strict=false models=[] grouped=- verbose=0 form=-");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void flagBeatsVariableBeatsUserFileBeatsSystemFile() throws IOException {
    write(system, "[run]", "port = 1", "remote-path = /system", "interval = 7s", "kind = general");
    write(userFile(), "[run]", "port = 2", "remote-path = /user", "interval = 8s");
    environment.put("MLSERVE_RUN_PORT", "3");
    environment.put("MLSERVE_RUN_REMOTE_PATH", "/variable");
    assertThat(run("run", "--port", "4")).isZero();
    assertThat(out.toString()).startsWith("port=4 path=/variable interval=PT8S kind=GENERAL ");
  }

  @Test
  void aFileThatIsNamedTakesThePlaceOfTheOthers() throws IOException {
    write(system, "[run]", "port = 1");
    Path mine = home.resolve("mine.conf");
    write(mine, "[run]", "interval = 8s");
    assertThat(run("run", "--settings", mine.toString())).isZero();
    assertThat(out.toString()).startsWith("port=5 path=- interval=PT8S");
  }

  @Test
  void variableNamesTheFileToo() throws IOException {
    Path mine = home.resolve("mine.conf");
    write(mine, "[run]", "interval = 8s");
    environment.put("MLSERVE_SETTINGS", mine.toString());
    assertThat(run("run")).isZero();
    assertThat(out.toString()).contains("interval=PT8S");
  }

  @Test
  void xdgFolderTakesThePlaceOfTheDefaultOne() throws IOException {
    write(userFile(), "[run]", "port = 2");
    write(home.resolve("xdg/mlserve/mlserve.conf"), "[run]", "port = 9");
    environment.put("XDG_CONFIG_HOME", home.resolve("xdg").toString());
    assertThat(run("run")).isZero();
    assertThat(out.toString()).startsWith("port=9");
  }

  @Test
  void repeatableOptionTakesEveryLineOfAFileAndCommasOfAVariable() throws IOException {
    write(userFile(), "[run]", "model = a=/x,y", "model = b=/z");
    assertThat(run("run")).isZero();
    assertThat(out.toString()).contains("models=[a=/x,y, b=/z]");
    environment.put("MLSERVE_RUN_MODEL", "c=/1, d=/2");
    out.getBuffer().setLength(0);
    assertThat(run("run")).isZero();
    assertThat(out.toString()).contains("models=[c=/1, d=/2]");
    out.getBuffer().setLength(0);
    assertThat(run("run", "--model", "e=/3")).isZero();
    assertThat(out.toString()).contains("models=[e=/3]");
  }

  @Test
  void switchThatIsOnByASettingStaysOnWhenItIsNamed() {
    environment.put("MLSERVE_RUN_STRICT", "true");
    assertThat(run("run")).isZero();
    assertThat(run("run", "--strict")).isZero();
    assertThat(out.toString()).doesNotContain("strict=false");
  }

  @Test
  void switchCanBeSetToFalse() throws IOException {
    write(userFile(), "[run]", "strict = true");
    environment.put("MLSERVE_RUN_STRICT", "false");
    assertThat(run("run")).isZero();
    assertThat(out.toString()).contains("strict=false");
  }

  @Test
  void optionOfAGroupHasItsVariable() {
    environment.put("MLSERVE_RUN_GROUPED", "yes");
    assertThat(run("run")).isZero();
    assertThat(out.toString()).contains("grouped=yes");
  }

  @Test
  void flagRulesOutTheVariableOfAnOptionThatExcludesIt() {
    environment.put("MLSERVE_RUN_JSON", "true");
    assertThat(run("run")).isZero();
    assertThat(out.toString()).endsWith("form=json");
    out.getBuffer().setLength(0);
    assertThat(run("run", "--raw")).isZero();
    assertThat(out.toString()).endsWith("form=raw");
  }

  @Test
  void commonOptionsHoldForEveryCommand() throws IOException {
    write(userFile(), "log-format = json", "verbose = 2", "", "[run]", "verbose = 1");
    assertThat(run("run")).isZero();
    assertThat(out.toString()).contains("verbose=1 ");
    assertThat(logged).containsExactly(new LogOptions(false, 1, false, LogOptions.Format.JSON));
  }

  @Test
  void commonOptionBeforeTheCommandCountsAsBehindIt() {
    environment.put("MLSERVE_RUN_VERBOSE", "1");
    assertThat(run("-vv", "--debug", "run")).isZero();
    assertThat(logged).containsExactly(new LogOptions(false, 2, true, LogOptions.Format.TEXT));
  }

  @Test
  void requiredOptionsCanComeFromSettings() throws IOException {
    write(userFile(), "[demand]", "model = a", "model = b");
    environment.put("MLSERVE_DEMAND_PORT", "7");
    assertThat(run(new OtherProgram(), "demand")).isZero();
    assertThat(out).hasToString("port=7 models=[a, b]");
  }

  @Test
  void badValueOfARequiredOptionNamesTheVariable() {
    environment.put("MLSERVE_DEMAND_PORT", "seven");
    assertThat(run(new OtherProgram(), "demand", "--model", "a")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("mlserve demand: MLSERVE_DEMAND_PORT: 'seven' (expected: a whole number) (2)");
  }

  @Test
  void badValueNamesTheVariable() {
    environment.put("MLSERVE_RUN_INTERVAL", "soon");
    assertThat(run("run")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(
            "mlserve run: MLSERVE_RUN_INTERVAL: 'soon' (expected: a duration such as 500ms, 10s or"
                + " 1m30s) (2)");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void badValueNamesFileAndLine() throws IOException {
    write(userFile(), "# mine", "[run]", "kind = ftp");
    assertThat(run("run")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(
            "mlserve run: " + userFile() + ":3: kind: 'ftp' (expected: general or hdfs) (2)");
  }

  @Test
  void badSwitchSaysWhatItTakes() {
    environment.put("MLSERVE_RUN_STRICT", "maybe");
    assertThat(run("run")).isEqualTo(2);
    assertThat(err.toString())
        .contains("MLSERVE_RUN_STRICT: 'maybe' (expected: true or false) (2)");
  }

  @Test
  void badValueDoesNotMatterIfTheFlagIsGivenOrHelpIsAsked() {
    environment.put("MLSERVE_RUN_PORT", "many");
    assertThat(run("run", "--port", "1")).isZero();
    assertThat(run("run", "--help")).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void unknownKeyIsAnErrorWithItsLine() throws IOException {
    write(userFile(), "[run]", "port = 1", "", "remot-path = /x");
    assertThat(run("run")).isEqualTo(2);
    assertThat(err.toString())
        .contains(userFile() + ":4: unknown key 'remot-path' (did you mean remote-path?) (2)");
  }

  @Test
  void unknownSectionIsAnErrorWithItsLine() throws IOException {
    write(userFile(), "", "[ruin]", "port = 1");
    assertThat(run("run")).isEqualTo(2);
    assertThat(err.toString())
        .contains(userFile() + ":3: unknown section [ruin] (did you mean run?) (2)");
  }

  @Test
  void lineWithoutEqualsIsAnErrorWithItsLine() throws IOException {
    write(userFile(), "[run]", "port 1");
    assertThat(run("run")).isEqualTo(2);
    assertThat(err.toString())
        .contains(userFile() + ":2: 'port 1' (expected: key = value, [command] or # comment) (2)");
  }

  @Test
  void missingFileIsOneClearLine() {
    assertThat(run("run", "--settings", "/no/such.conf")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("mlserve run: settings file '/no/such.conf': no such file (2)\n");
  }

  @Test
  void unknownVariableIsAWarningThatQuietSilences() {
    environment.put("MLSERVE_RUN_PROT", "1");
    environment.put("MLSERVE_JAVA_OPTS", "-Xmx1g");
    assertThat(run("run")).isZero();
    assertThat(err)
        .hasToString(
            "mlserve: unknown variable MLSERVE_RUN_PROT (did you mean MLSERVE_RUN_PORT?)\n");
    err.getBuffer().setLength(0);
    assertThat(run("run", "-q")).isZero();
    assertThat(err.toString()).isEmpty();
  }
}
