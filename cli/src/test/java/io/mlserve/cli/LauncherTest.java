package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/mlserve} with Javas that only tell how they were called. */
class LauncherTest {
  private static final Path LAUNCHER = Path.of("src/dist/bin/mlserve").toAbsolutePath();

  @TempDir private Path folder;
  private Path home;
  private Path launcher;
  private Map<String, String> environment;

  @BeforeEach
  void distribution() throws IOException {
    folder = folder.toRealPath();
    home = folder.resolve("my distribution");
    launcher = home.resolve("bin/mlserve");
    Files.createDirectories(launcher.getParent());
    Files.copy(LAUNCHER, launcher);
    Files.createDirectories(home.resolve("lib"));
    Files.writeString(home.resolve("lib/build-id"), "abc123\n");
    environment = new HashMap<>(Map.of("PATH", "/usr/bin:/bin", "MLSERVE_JAVA_ARCHIVE", "off"));
  }

  /** A Java of {@code version} in {@code name} that prints its name and arguments, one a line. */
  private Path java(String name, String version) throws IOException {
    Path java = folder.resolve(name);
    executable(
        java.resolve("bin/java"),
        """
        #!/bin/sh
        for a; do
          case $a in
            -XX:ArchiveClassesAtExit=*) echo trained >"${a#*=}"; exit ;;
          esac
        done
        echo "%s"
        echo "pid=$$ LC_ALL=$LC_ALL"
        printf '<%%s>\\n' "$@"
        """
            .formatted(name));
    Files.writeString(
        java.resolve("release"),
        "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"%s\"\nOS_ARCH=\"x86_64\"\n".formatted(version));
    return java;
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Shell run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    return Shell.run(folder, environment, command);
  }

  private String options(String... arguments) throws Exception {
    Shell shell = run(arguments);
    assertThat(shell.err()).isEmpty();
    return shell.out();
  }

  @Test
  void takesTheBundledJavaFirst() throws Exception {
    Path bundled = java("my distribution/jre", "21.0.1");
    environment.put("MLSERVE_JAVA_HOME", java("mine", "17").toString());
    assertThat(bundled).exists();
    assertThat(options("--version")).startsWith("my distribution/jre\n");
  }

  @Test
  void takesItsOwnVariableBeforeTheCommonOneBeforeThePath() throws Exception {
    environment.put("PATH", java("path", "17.0.1") + "/bin:/usr/bin:/bin");
    assertThat(options("--version")).startsWith("path\n");
    environment.put("JAVA_HOME", java("common", "17.0.1").toString());
    assertThat(options("--version")).startsWith("common\n");
    environment.put("MLSERVE_JAVA_HOME", java("own", "17.0.1").toString());
    assertThat(options("--version")).startsWith("own\n");
  }

  @Test
  void followsLinksOfThePath() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("alternatives"));
    Files.createSymbolicLink(bin.resolve("java"), java("real", "17.0.1").resolve("bin/java"));
    environment.put("PATH", bin + ":/usr/bin:/bin");
    assertThat(options("--version")).startsWith("real\n");
  }

  @Test
  void passesOverJavasThatAreTooOld() throws Exception {
    environment.put("JAVA_HOME", java("old", "11.0.2").toString());
    environment.put("PATH", java("older", "1.8.0_412") + "/bin:" + java("new", "25") + "/bin");
    environment.merge("PATH", ":/usr/bin:/bin", String::concat);
    assertThat(options("--version")).startsWith("new\n");
  }

  @Test
  void saysWhenThereIsNone() throws Exception {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    environment.put("PATH", empty.toString());
    environment.put("JAVA_HOME", java("old", "11.0.2").toString());
    Shell shell = Shell.run(folder, environment, List.of("/bin/sh", launcher.toString()));
    assertThat(shell.status()).isEqualTo(2);
    assertThat(shell.out()).isEmpty();
    assertThat(shell.err())
        .startsWith("mlserve: no Java 17 or newer found (" + folder + "/old is Java 11.0.2) (2)\n")
        .contains("hint: install a JDK 17 or newer");
  }

  @Test
  void saysWhenItsOwnVariableIsWrong() throws Exception {
    environment.put("MLSERVE_JAVA_HOME", "/nowhere");
    Shell shell = run("--version");
    assertThat(shell.status()).isEqualTo(2);
    assertThat(shell.err())
        .startsWith(
            "mlserve: MLSERVE_JAVA_HOME '/nowhere' (expected: the home of a Java 17 or newer) (2)");
  }

  @Test
  void asksAJavaThatHasNoReleaseFile() throws Exception {
    Path java = java("bare", "0");
    Files.delete(java.resolve("release"));
    executable(
        java.resolve("bin/java"),
        """
        #!/bin/sh
        [ "$1" = -version ] && echo 'openjdk version "21.0.4" 2024-07-16' >&2 && exit
        echo bare
        """);
    environment.put("MLSERVE_JAVA_HOME", java.toString());
    assertThat(options("--version")).isEqualTo("bare\n");
  }

  @Test
  void findsItsFolderThroughLinks() throws Exception {
    environment.put("MLSERVE_JAVA_HOME", java("j", "17").toString());
    Path first = folder.resolve("usr/bin/mlserve");
    Files.createDirectories(first.getParent());
    Path second = folder.resolve("opt-link");
    Files.createSymbolicLink(second, launcher);
    Files.createSymbolicLink(first, Path.of("../../opt-link"));
    Shell shell = Shell.run(folder, environment, List.of(first.toString(), "--version"));
    assertThat(shell.out()).contains("<" + home + "/lib/mlserve.jar>");
  }

  @Test
  void becomesJavaSoThatSignalsReachIt() throws Exception {
    environment.put("MLSERVE_JAVA_HOME", java("j", "17").toString());
    ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "serve");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(out).contains("pid=" + process.pid() + " ");
  }

  @Test
  void handsArgumentsOverAsTheyAre() throws Exception {
    environment.put("MLSERVE_JAVA_HOME", java("j", "17").toString());
    assertThat(options("pull", "", "a b", "*", "$HOME", "模型"))
        .endsWith("mlserve.jar>\n<pull>\n<>\n<a b>\n<*>\n<$HOME>\n<模型>\n");
  }

  @Test
  void shortCommandsStartFastAndServersRunFast() throws Exception {
    environment.put("MLSERVE_JAVA_HOME", java("j", "17").toString());
    assertThat(options("--version")).contains("<-XX:TieredStopAtLevel=1>", "<-XX:+UseSerialGC>");
    assertThat(options("serve", "--model", "x"))
        .contains("<-XX:+ExitOnOutOfMemoryError>", "<-Xms20m>")
        .doesNotContain("TieredStopAtLevel");
    assertThat(options("--debug", "bench", "x")).doesNotContain("TieredStopAtLevel");
    assertThat(options("unpack", "x")).doesNotContain("TieredStopAtLevel");
  }

  @Test
  void threadsThatLoadModelsAreNiceToThoseThatAnswer() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/thread-self/stat")), "not Linux: no /proc");
    environment.put("MLSERVE_JAVA_HOME", java("j", "17").toString());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    for (String line : options("serve", "--model", "x").lines().toList()) {
      if (line.startsWith("<-X")) {
        command.add(line.substring(1, line.length() - 1));
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Niceness.class.getName()));

    Shell shell = Shell.run(folder, Map.of("LC_ALL", "C.UTF-8"), command);

    assertThat(shell.err()).isEmpty();
    assertThat(shell.out()).isEqualTo("10 0\n");
  }

  @Test
  void keepsTheWarningsOfTheJvmOffStdout() throws Exception {
    environment.put("MLSERVE_JAVA_HOME", java("j", "17").toString());
    assertThat(options("--version")).contains("<-Xlog:disable>", "<-XX:+DisplayVMOutputToStderr>");
  }

  @Test
  void givesNewJavasTheirOptionsAndOldOnesNot() throws Exception {
    environment.put("MLSERVE_JAVA_HOME", java("j", "25.0.3").toString());
    assertThat(options("serve")).contains("<--sun-misc-unsafe-memory-access=allow>");
    environment.put("MLSERVE_JAVA_HOME", java("k", "17.0.3").toString());
    assertThat(options("serve")).doesNotContain("sun-misc-unsafe");
  }

  @Test
  void userOptionsComeLastAndMayLimitTheHeap() throws Exception {
    environment.put("MLSERVE_JAVA_HOME", java("j", "17").toString());
    environment.put("MLSERVE_JAVA_OPTS", "-Xmx32m  -Da=*");
    assertThat(options("serve")).contains("\n<-Xmx32m>\n<-Da=*>\n<-jar>\n").doesNotContain("-Xms");
  }

  @Test
  void namesOutsideAsciiWorkWithoutALocale() throws Exception {
    environment.put("MLSERVE_JAVA_HOME", java("j", "17").toString());
    assertThat(options("--version")).contains("LC_ALL=C.UTF-8");
    environment.put("LC_ALL", "C");
    assertThat(options("--version")).contains("LC_ALL=C.UTF-8");
  }

  @Test
  void worksInAnEmptyEnvironment() throws Exception {
    environment.clear();
    java("my distribution/jre", "17.0.1");
    Shell shell = run("--version");
    assertThat(shell.status()).isZero();
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void makesAnArchiveAtFirstUseAndUsesItFromThenOn() throws Exception {
    Path cache = folder.resolve("cache");
    environment.remove("MLSERVE_JAVA_ARCHIVE");
    environment.put("XDG_CACHE_HOME", cache.toString());
    environment.put("MLSERVE_JAVA_HOME", java("j", "17.0.1").toString());
    assertThat(options("--version")).doesNotContain("SharedArchiveFile");
    Path place = cache.resolve("mlserve/17.0.1-x86_64" + home);
    Path archive = place.resolve("abc123.jsa");
    await().atMost(Duration.ofSeconds(20)).until(() -> names(place).equals(List.of("abc123.jsa")));
    assertThat(options("--version")).contains("<-XX:SharedArchiveFile=" + archive + ">");
    assertThat(options("serve")).contains("<-XX:SharedArchiveFile=" + archive + ">");
  }

  @Test
  void aNewBuildReplacesTheArchiveOfTheOldOne() throws Exception {
    environment.put("MLSERVE_JAVA_ARCHIVE", folder.resolve("archives").toString());
    environment.put("MLSERVE_JAVA_HOME", java("j", "17.0.1").toString());
    Path place = folder.resolve("archives/17.0.1-x86_64" + home);
    Files.createDirectories(place);
    Files.writeString(place.resolve("0ld.jsa"), "old");
    options("--version");
    await().atMost(Duration.ofSeconds(20)).until(() -> names(place).equals(List.of("abc123.jsa")));
  }

  @Test
  void serversAndBenchmarksAreNotDisturbedByTheMakingOfAnArchive() throws Exception {
    environment.put("MLSERVE_JAVA_ARCHIVE", folder.resolve("archives").toString());
    environment.put("MLSERVE_JAVA_HOME", java("j", "17.0.1").toString());
    options("serve");
    options("bench");
    assertThat(folder.resolve("archives")).doesNotExist();
  }

  @Test
  void aFolderThatCannotBeWrittenIsNoFailure() throws Exception {
    environment.put("MLSERVE_JAVA_ARCHIVE", "/proc/no/such");
    environment.put("MLSERVE_JAVA_HOME", java("j", "17.0.1").toString());
    Shell shell = run("--version");
    assertThat(shell.status()).isZero();
    assertThat(shell.err()).isEmpty();
  }

  private static List<String> names(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
