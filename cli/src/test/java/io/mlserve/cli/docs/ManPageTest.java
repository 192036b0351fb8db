package io.mlserve.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The committed pages. */
class ManPageTest {
  private static final Path PAGES = Path.of("").toAbsolutePath().resolveSibling("man");

  private static List<Path> pages() throws Exception {
    try (Stream<Path> files = Files.list(PAGES)) {
      return files.sorted().toList();
    }
  }

  @Test
  void everyPageTellsTheExitStatuses() throws Exception {
    for (Path page : pages()) {
      assertThat(page)
          .content()
          .containsPattern("\\.SH EXIT STATUS\n\\.TP\n\\\\fB0\\\\fR\n")
          .contains(".SH ENVIRONMENT", ".SH FILES", ".SH SEE ALSO");
    }
  }

  @Test
  void examplesAreShownWhereTheCommandHasSome() throws Exception {
    assertThat(PAGES.resolve("mlserve-unpack.1")).content().contains(".SH EXAMPLES\n.nf\nmlserve");
  }

  @Test
  void mandocFindsNothingWrong() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mandoc")), "mandoc is not installed");
    List<String> command = new ArrayList<>(List.of("/usr/bin/mandoc", "-Tlint", "-Wwarning"));
    pages().forEach(page -> command.add(page.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).describedAs(said).isZero();
    assertThat(said).isEmpty();
  }
}
