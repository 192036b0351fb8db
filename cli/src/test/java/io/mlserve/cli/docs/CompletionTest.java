package io.mlserve.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed scripts in the real shells; each is left out where its shell is not installed. */
class CompletionTest {
  private static final Path SCRIPTS = Path.of("").toAbsolutePath().resolveSibling("completion");

  @TempDir private Path folder;

  @BeforeEach
  void somethingToComplete() throws IOException {
    Files.createFile(folder.resolve("archive.tar.gz"));
    Files.createDirectory(folder.resolve("arena"));
  }

  private List<String> bash(String line) throws Exception {
    return run(
        "bash",
        "--norc",
        "-c",
        """
        source "$1"; shift
        COMP_LINE=$1; COMP_POINT=${#1}
        words=${1//=/ = }
        COMP_WORDS=($words)
        [[ $words == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _mlserve
        printf '%s\\n' "${COMPREPLY[@]}"
        """,
        "bash",
        SCRIPTS.resolve("mlserve.bash").toString(),
        line);
  }

  private List<String> fish(String line) throws Exception {
    return run(
            "fish",
            "--no-config",
            "-c",
            "source $argv[1]; complete -C $argv[2]",
            SCRIPTS.resolve("mlserve.fish").toString(),
            line)
        .stream()
        .map(l -> l.replaceFirst("\t.*", ""))
        .toList();
  }

  // zsh completes only on a terminal: it gets one, the line and a tab, until the screen shows it
  private List<String> zsh(String line, String expected) throws Exception {
    return run(
        "zsh",
        "-f",
        "-c",
        """
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "PROMPT= RPROMPT=; fpath=($1 \\$fpath); autoload -Uz compinit; compinit -D"
        zpty -w shell "stty cols 200; echo re''ady"
        zpty -r -m shell text '*ready*'
        zpty -w -n shell "$2"$'\\t'
        zpty -r -m shell text "*$3*" && print found
        zpty -d shell
        """,
        "zsh",
        SCRIPTS.toString(),
        line,
        expected);
  }

  private List<String> run(String shell, String... arguments) throws Exception {
    assumeTrue(installed(shell), shell + " is not installed");
    Path out = folder.resolve("out.txt");
    List<String> command = new ArrayList<>(List.of(shell));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(folder.toFile()).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("TERM", "dumb");
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      fail("%s never completed %s", shell, List.of(arguments));
    }
    return Files.readString(out, StandardCharsets.UTF_8).lines().toList();
  }

  private static boolean installed(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
  }

  @Test
  void bashCompletesCommands() throws Exception {
    assertThat(bash("mlserve un")).containsExactly("unpack");
    assertThat(bash("mlserve ")).contains("serve", "unpack", "help");
  }

  @Test
  void bashCompletesOptionsOfTheCommand() throws Exception {
    assertThat(bash("mlserve unpack --max-b")).containsExactly("--max-bytes");
    assertThat(bash("mlserve --log")).containsExactly("--log-format");
  }

  @Test
  void bashCompletesWordsAlsoBehindAnEqualsSign() throws Exception {
    assertThat(bash("mlserve unpack --log-format j")).containsExactly("json");
    assertThat(bash("mlserve unpack --log-format=j")).containsExactly("json");
    assertThat(bash("mlserve unpack --log-format=")).containsExactly("text", "json");
  }

  @Test
  void bashCompletesFilesAndFolders() throws Exception {
    assertThat(bash("mlserve unpack ar")).containsExactlyInAnyOrder("archive.tar.gz", "arena");
    assertThat(bash("mlserve unpack -C ar")).containsExactly("arena");
    assertThat(bash("mlserve unpack --max-bytes ar")).containsExactly("");
  }

  @Test
  void bashHelpTakesCommands() throws Exception {
    assertThat(bash("mlserve help ser")).containsExactly("serve");
  }

  @Test
  void fishCompletesCommandsOptionsAndWords() throws Exception {
    assertThat(fish("mlserve un")).containsExactly("unpack");
    assertThat(fish("mlserve unpack --max-b")).containsExactly("--max-bytes");
    assertThat(fish("mlserve unpack --log-format j")).containsExactly("json");
  }

  @Test
  void fishCompletesFilesAndFolders() throws Exception {
    assertThat(fish("mlserve unpack ar")).contains("archive.tar.gz", "arena/");
    assertThat(fish("mlserve unpack -C ar")).containsExactly("arena/");
    assertThat(fish("mlserve un ar")).doesNotContain("archive.tar.gz");
  }

  @Test
  void zshCompletesCommandsOptionsAndWords() throws Exception {
    assertThat(zsh("mlserve un", "unpack")).contains("found");
    assertThat(zsh("mlserve unpack --max-b", "--max-bytes")).contains("found");
    assertThat(zsh("mlserve unpack --log-format j", "json")).contains("found");
  }
}
