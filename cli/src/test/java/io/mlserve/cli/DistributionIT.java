package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The archive that users get, unpacked, on each Java of this machine. */
class DistributionIT {
  @TempDir private static Path folder;
  private static Path home;
  private static Path mlserve;

  private final Map<String, String> environment = new HashMap<>();

  @BeforeAll
  static void unpack() throws Exception {
    folder = folder.toRealPath();
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      Path archive =
          files
              .filter(f -> f.getFileName().toString().matches("mlserve-[0-9].*\\.tar\\.gz"))
              .findFirst()
              .orElseThrow();
      List<String> tar =
          List.of("tar", "-xzf", archive.toAbsolutePath().toString(), "-C", folder.toString());
      assertThat(Shell.run(folder, System.getenv(), tar).status()).isZero();
      home = folder.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
      mlserve = home.resolve("bin/mlserve");
    }
  }

  @BeforeEach
  void archivesInTheTemporaryFolder() {
    environment.put("PATH", "/usr/bin:/bin");
    environment.put("MLSERVE_JAVA_ARCHIVE", folder.resolve("archives").toString());
  }

  /** The Java of the build, and those where Debian puts them. */
  static Stream<Path> javas() throws IOException {
    TreeSet<Path> homes = new TreeSet<>();
    homes.add(Path.of(System.getProperty("java.home")).toRealPath());
    Path all = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(all)) {
      try (Stream<Path> found = Files.list(all)) {
        for (Path home : found.filter(h -> Files.exists(h.resolve("release"))).toList()) {
          if (Files.readString(home.resolve("release"))
              .matches("(?s).*JAVA_VERSION=\"(1[7-9]|[2-9][0-9]).*")) {
            homes.add(home.toRealPath());
          }
        }
      }
    }
    return homes.stream();
  }

  private Shell run(String... command) throws Exception {
    return Shell.run(folder, environment, List.of(command));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void startsWithoutAWordTooMuch(Path java) throws Exception {
    environment.put("MLSERVE_JAVA_HOME", java.toString());
    Shell first = run(mlserve.toString(), "--version");
    assertThat(first).isEqualTo(new Shell(0, first.out(), ""));
    assertThat(first.out()).matches("mlserve \\S+\n");

    await().atMost(Duration.ofSeconds(60)).until(() -> archives(java).size() == 1);
    assertThat(run(mlserve.toString(), "--version")).isEqualTo(first);
    assertThat(run(mlserve.toString(), "version").out()).contains(java.toString(), "build");
  }

  @ParameterizedTest
  @MethodSource("javas")
  void namesOutsideAsciiNeedNoLocale(Path java) throws Exception {
    environment.put("MLSERVE_JAVA_HOME", java.toString());
    Path model = Files.createDirectories(folder.resolve("modèle-模型"));
    Files.writeString(model.resolve("权重.txt"), "1");
    assertThat(run("tar", "-czf", "模型.tar.gz", "modèle-模型").status()).isZero();
    Shell shell = run(mlserve.toString(), "unpack", "--list", "模型.tar.gz");
    assertThat(shell.err()).isEmpty();
    assertThat(shell.out()).contains("modèle-模型/权重.txt");
  }

  // A file in the folder of this Java, named after the build: complete as soon as it is there.
  private static List<Path> archives(Path java) throws IOException {
    String version =
        Files.readAllLines(java.resolve("release")).stream()
            .filter(line -> line.startsWith("JAVA_RUNTIME_VERSION="))
            .map(line -> line.replaceAll(".*=|\"", ""))
            .findFirst()
            .orElse("");
    Path root = folder.resolve("archives");
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(
              f ->
                  f.toString().endsWith(".jsa")
                      && root.relativize(f).toString().startsWith(version + "-"))
          .toList();
    } catch (java.io.UncheckedIOException e) { // a temporary file went away under us
      return List.of();
    }
  }

  @Test
  void aReaderThatHasEnoughEndsItQuietly() throws Exception {
    Shell shell =
        run("sh", "-c", "{ '" + mlserve + "' unpack --help; echo $? >status; } | head -c 1");
    assertThat(shell.err()).isEmpty();
    assertThat(Files.readString(folder.resolve("status")).strip()).isIn("0", "141");
  }

  @Test
  void aFullDiskIsAFailure() throws Exception {
    Shell shell = run("sh", "-c", "'" + mlserve + "' --help >/dev/full");
    assertThat(shell.status()).isEqualTo(8);
    assertThat(shell.err())
        .isEqualTo("mlserve: cannot write to standard output: No space left on device (8)\n");
  }

  @Test
  void worksWithoutHomeAndEnvironment() throws Exception {
    Shell shell = run("env", "-i", mlserve.toString(), "--version");
    assertThat(shell.status()).isZero();
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void holdsWhatItShould() {
    assertThat(home.resolve("LICENSE")).exists();
    assertThat(home.resolve("README.md")).exists();
    assertThat(home.resolve("share/man/man1/mlserve.1")).exists();
    assertThat(home.resolve("share/completions/mlserve.bash")).exists();
    assertThat(home.resolve("lib/mlserve.jar")).exists();
    assertThat(home.resolve("lib")).isDirectoryNotContaining("glob:**fixtures**");
  }
}
