package io.mlserve.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Completion scripts and man pages follow the commands. */
class GeneratedFilesTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().resolveSibling("");
  private static final String REGENERATE =
      "./mvnw -q -pl cli -am test -Dtest=GeneratedFilesTest -Dmlserve.regenerate=true"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  private final Map<Path, String> expected = GeneratedFiles.all();

  @BeforeAll
  static void regenerateIfAsked() throws IOException {
    if (Boolean.getBoolean("mlserve.regenerate")) {
      for (String folder : List.of("completion", "man")) {
        Files.createDirectories(ROOT.resolve(folder));
        try (Stream<Path> old = Files.list(ROOT.resolve(folder))) {
          for (Path file : old.toList()) {
            Files.delete(file);
          }
        }
      }
      for (Map.Entry<Path, String> file : GeneratedFiles.all().entrySet()) {
        Files.writeString(ROOT.resolve(file.getKey()), file.getValue());
      }
    }
  }

  @Test
  void committedFilesAreWhatTheCommandsSay() {
    expected.forEach(
        (path, content) ->
            assertThat(ROOT.resolve(path))
                .withFailMessage("%s is stale: run %s", path, REGENERATE)
                .hasContent(content));
  }

  @Test
  void nothingElseLiesThere() throws IOException {
    TreeSet<Path> found = new TreeSet<>();
    for (String folder : List.of("completion", "man")) {
      try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
        files.forEach(file -> found.add(ROOT.relativize(file)));
      }
    }
    assertThat(found)
        .withFailMessage("%s holds files of former commands: run %s", found, REGENERATE)
        .isEqualTo(expected.keySet());
  }
}
