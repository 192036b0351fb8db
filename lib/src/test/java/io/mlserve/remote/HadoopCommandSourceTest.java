package io.mlserve.remote;

import static io.mlserve.remote.ModelSourceContract.assertCode;
import static io.mlserve.remote.ModelSourceContract.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a script that plays {@code hadoop fs} over a folder. */
class HadoopCommandSourceTest implements ModelSourceContract {
  private static final String SCRIPT =
      """
      #!/bin/sh
      here=$(dirname "$0")
      printf '%s\\n' "$*" >> "$here/calls"
      printf '%s\\n' "$HADOOP_USER_NAME" >> "$here/users"
      echo "26/01/01 00:00:00 WARN util.NativeCodeLoader: Unable to load it" >&2
      [ -f "$here/trouble" ] && { cat "$here/trouble" >&2; exit 1; }
      shift
      while :; do
        case $1 in
          -conf) cp "$2" "$here/conf"; shift 2 ;;
          -D) shift 2 ;;
          *) break ;;
        esac
      done
      action=$1
      for path; do :; done
      path=$(printf '%s' "$path" | sed 's/\\\\\\(.\\)/\\1/g')
      file=$here/root$path
      [ -e "$file" ] || { echo "${action#-}: \\`$path': No such file or directory" >&2; exit 1; }
      line() {
        if [ -d "$1" ]; then kind=drwxr-xr-x; else kind=-rw-r--r--; fi
        printf '%s   1 me us %s 2026-01-01 00:00 %s\\n' $kind "$(stat -c %s "$1")" "$2"
      }
      case $action in
        -stat)
          if [ -d "$file" ]; then kind=directory; else kind='regular file'; fi
          time=$(stat -c %.3Y "$file" | tr -d .)
          printf '%s|%s|%s\\n' "$kind" "$(stat -c %s "$file")" "$time" ;;
        -ls)
          if [ -d "$file" ]; then
            echo "Found $(ls "$file" | wc -l) items"
            for child in "$file"/*; do line "$child" "$path/${child##*/}"; done
          else
            line "$file" "$path"
          fi ;;
        -cat)
          if [ -f "$here/hang" ]; then
            head -c 4 "$file"
            sleep 300 & echo $! > "$here/sleeper"
            wait
          fi
          cat "$file"
          [ -f "$here/broken" ] && { echo "cat: Cannot obtain block length" >&2; exit 1; } ;;
        *) echo "unknown $action" >&2; exit 255 ;;
      esac
      exit 0
      """;

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // before each test
  private Path command;

  @BeforeEach
  void install() throws IOException {
    command = Files.writeString(folder.resolve("hadoop"), SCRIPT);
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    Files.createDirectory(folder.resolve("root"));
  }

  @Override
  public void publish(String path, byte[] bytes) {
    try {
      Path file = folder.resolve("root").resolve(path);
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean startsInTheMiddle() {
    return false;
  }

  @Override
  public ModelSource open() {
    return openAt("");
  }

  @Override
  public ModelSource openAt(String path) {
    return open(path, HadoopOptions.DEFAULTS, Duration.ofSeconds(20));
  }

  private ModelSource open(String path, HadoopOptions hadoop, Duration limit) {
    return ModelSources.open(
        SourceUri.parse("hdfs://nn:9000").resolve(path),
        SourceOptions.DEFAULTS
            .withTimeouts(limit, limit)
            .withHadoop(hadoop.withCommand(Optional.of(command))));
  }

  private String calls() throws IOException {
    return Files.readString(folder.resolve("calls"));
  }

  @Test
  void hostIsPassedOnAsPaddleDoes() throws IOException {
    publish("a", TEXT);
    try (ModelSource source = open()) {
      assertThat(source.stat("a")).isPresent();
    }
    assertThat(calls()).isEqualTo("fs -D fs.default.name=hdfs://nn:9000 -stat %F|%b|%Y /a\n");
  }

  @Test
  void secretReachesTheProgramButNotItsArguments() throws IOException {
    publish("a", TEXT);
    HadoopOptions hadoop = HadoopOptions.DEFAULTS.withUgi("alice,pass<word");
    assertThat(hadoop.toString()).doesNotContain("pass<word");
    try (ModelSource source = open("", hadoop, Duration.ofSeconds(20))) {
      assertThat(read(source, "a")).isEqualTo(TEXT);
    }
    assertThat(calls()).doesNotContain("pass");
    assertThat(Files.readString(folder.resolve("users"))).startsWith("alice\n");
    assertThat(Files.readString(folder.resolve("conf"))).contains("alice,pass&lt;word");
    String secretFile = calls().split(" ", -1)[2];
    assertThat(Path.of(secretFile)).doesNotExist();
  }

  @Test
  void namesThatHadoopTakesForPatternsAreNames() throws IOException {
    publish("a[1]*{x}", TEXT);
    try (ModelSource source = open()) {
      assertThat(read(source, "a[1]*{x}")).isEqualTo(TEXT);
    }
    assertThat(calls()).contains("/a\\[1\\]\\*\\{x\\}");
  }

  @Test
  void noShellSeesTheNames() {
    publish("a; touch x `touch y` $(touch z)", TEXT);
    try (ModelSource source = open()) {
      assertThat(read(source, "a; touch x `touch y` $(touch z)")).isEqualTo(TEXT);
    }
    assertThat(Path.of("x")).doesNotExist();
  }

  @Test
  void programThatHangsIsKilledWithAllItStarted() throws IOException {
    publish("a", TEXT);
    Files.createFile(folder.resolve("hang"));
    try (ModelSource source = open("", HadoopOptions.DEFAULTS, Duration.ofSeconds(1))) {
      assertCode(ErrorCode.DEADLINE_EXCEEDED, () -> read(source, "a"));
    }
    long sleeper = Long.parseLong(Files.readString(folder.resolve("sleeper")).strip());
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> ProcessHandle.of(sleeper).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void outputOfAProgramThatFailsAtItsEndIsNotBelieved() throws IOException {
    publish("a", TEXT);
    Files.createFile(folder.resolve("broken"));
    try (ModelSource source = open()) {
      assertCode(ErrorCode.UNAVAILABLE, () -> read(source, "a"));
      assertThatThrownBy(() -> read(source, "a")).hasMessageContaining("Cannot obtain block");
    }
  }

  @Test
  void troubleIsNotAbsence() throws IOException {
    publish("a", TEXT);
    try (ModelSource source = open()) {
      Path trouble = folder.resolve("trouble");
      Files.writeString(trouble, "stat: Call From here to nn:9000 failed: Connection refused\n");
      assertCode(ErrorCode.UNAVAILABLE, () -> source.stat("a"));
      assertCode(ErrorCode.UNAVAILABLE, () -> DoneMark.read(source, "a"));
      Files.writeString(trouble, "stat: Permission denied: user=me, access=EXECUTE\n");
      assertCode(ErrorCode.PERMISSION_DENIED, () -> source.stat("a"));
    }
  }

  @Test
  void absentProgramIsNotAnAbsentFile() throws IOException {
    publish("a", TEXT);
    Files.delete(command);
    try (ModelSource source = open()) {
      assertCode(ErrorCode.FAILED_PRECONDITION, () -> source.stat("a"));
    }
  }
}
