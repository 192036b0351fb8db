package io.mlserve.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every kind of {@link ModelSource} must do alike. */
interface ModelSourceContract {
  byte[] TEXT = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);

  /** Publishes a file below the root; folders appear as needed. */
  void publish(String path, byte[] bytes);

  /** Opens the published tree. The test closes it. */
  ModelSource open();

  /** Opens the published tree at one of its files. The test closes it. */
  ModelSource openAt(String path);

  /** Whether it can start in the middle of a file. */
  default boolean startsInTheMiddle() {
    return true;
  }

  /** Makes {@code folder} listable, where that takes more than having files in it. */
  default void finish(String folder) {}

  static void assertCode(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(MlserveException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  static byte[] read(ModelSource source, String path) {
    try (RemoteStream stream = source.open(path, 0, Optional.empty())) {
      return stream.bytes().readAllBytes();
    } catch (IOException e) {
      throw source.failure(path, e);
    }
  }

  @Test
  default void fileSaysItsNameAndSize() {
    publish("a.txt", TEXT);
    try (ModelSource source = open()) {
      RemoteEntry entry = source.stat("a.txt").orElseThrow();
      assertThat(entry.name()).isEqualTo("a.txt");
      assertThat(entry.folder()).isFalse();
      assertThat(entry.size()).hasValue(TEXT.length);
      assertThat(entry.modified()).isPresent();
      assertThat(entry.validator()).isPresent();
    }
  }

  @Test
  default void absentFileIsEmptyAndNotAFailure() {
    publish("a.txt", TEXT);
    try (ModelSource source = open()) {
      assertThat(source.stat("absent")).isEmpty();
      assertThat(source.stat("absent/deeper")).isEmpty();
      assertThat(DoneMark.read(source, "absent")).isEmpty();
      assertCode(ErrorCode.NOT_FOUND, () -> source.open("absent", 0, Optional.empty()));
    }
  }

  @Test
  default void bytesComeWhole() {
    byte[] big = new byte[3_000_017];
    for (int i = 0; i < big.length; i++) {
      big[i] = (byte) (i * 31 + i / 977);
    }
    publish("big.bin", big);
    try (ModelSource source = open()) {
      assertThat(read(source, "big.bin")).isEqualTo(big);
      assertThat(read(source, "big.bin")).isEqualTo(big);
    }
  }

  @Test
  default void emptyFileIsAFile() {
    publish("empty", new byte[0]);
    try (ModelSource source = open()) {
      assertThat(source.stat("empty").orElseThrow().size()).hasValue(0);
      assertThat(read(source, "empty")).isEmpty();
    }
  }

  @Test
  default void rootMayBeTheFileItself() {
    publish("dir/a.txt", TEXT);
    try (ModelSource source = openAt("dir/a.txt")) {
      assertThat(source.stat("").orElseThrow().folder()).isFalse();
      assertThat(read(source, "")).isEqualTo(TEXT);
    }
  }

  @Test
  default void unchangedFileIsContinuedInTheMiddle() throws IOException {
    publish("a.txt", TEXT);
    try (ModelSource source = open()) {
      Optional<Validator> validator;
      try (RemoteStream stream = source.open("a.txt", 0, Optional.empty())) {
        validator = stream.file().validator();
      }
      try (RemoteStream stream = source.open("a.txt", 10, validator)) {
        assertThat(stream.offset()).isEqualTo(startsInTheMiddle() ? 10 : 0);
        assertThat(stream.file().size()).hasValue(TEXT.length);
        assertThat(stream.bytes().readAllBytes()).asString().endsWith("abcdef");
      }
    }
  }

  @Test
  default void completeFileIsContinuedAtItsEnd() throws IOException {
    publish("a.txt", TEXT);
    try (ModelSource source = open()) {
      Optional<Validator> validator = source.stat("a.txt").orElseThrow().validator();
      try (RemoteStream stream = source.open("a.txt", TEXT.length, validator)) {
        byte[] rest = stream.bytes().readAllBytes();
        assertThat(stream.offset() + rest.length).isEqualTo(TEXT.length);
      }
    }
  }

  @Test
  default void changedFileStartsAtZero() throws IOException {
    publish("a.txt", TEXT);
    try (ModelSource source = open()) {
      Optional<Validator> validator = source.stat("a.txt").orElseThrow().validator();
      publish("a.txt", "other bytes, other length".getBytes(StandardCharsets.UTF_8));
      try (RemoteStream stream = source.open("a.txt", 10, validator)) {
        assertThat(stream.offset()).isZero();
        assertThat(stream.bytes().readAllBytes()).asString().startsWith("other bytes");
      }
    }
  }

  @Test
  default void withoutValidatorItStartsAtZero() throws IOException {
    publish("a.txt", TEXT);
    try (ModelSource source = open();
        RemoteStream stream = source.open("a.txt", 10, Optional.empty())) {
      assertThat(stream.offset()).isZero();
    }
  }

  @Test
  default void folderListsItsDirectChildren() {
    publish("model/b.onnx", TEXT);
    publish("model/a b.txt", TEXT);
    publish("model/sub/c.txt", TEXT);
    finish("model");
    try (ModelSource source = open()) {
      assertThat(source.list("model"))
          .filteredOn(entry -> !entry.name().equals(Manifest.NAME))
          .extracting(RemoteEntry::name, RemoteEntry::folder)
          .containsExactly(tuple("a b.txt", false), tuple("b.onnx", false), tuple("sub", true));
      assertThat(source.list("model/sub")).extracting(RemoteEntry::name).containsExactly("c.txt");
      assertCode(ErrorCode.NOT_FOUND, () -> source.list("absent"));
    }
  }

  @Test
  default void wholeFolderIsDownloaded(@TempDir Path here) throws IOException {
    publish("model/b.onnx", TEXT);
    publish("model/a b.txt", TEXT);
    publish("model/sub/модель.txt", TEXT);
    finish("model");
    try (ModelSource source = open()) {
      Path into = here.resolve("got");
      Download download =
          new Downloader(source, DownloadLimits.DEFAULTS, Retry.never(), Progress.none())
              .fetch("model", into, Optional.empty());
      assertThat(download.files()).isGreaterThanOrEqualTo(3);
      assertThat(into.resolve("b.onnx")).hasBinaryContent(TEXT);
      assertThat(into.resolve("a b.txt")).hasBinaryContent(TEXT);
      assertThat(into.resolve("sub/модель.txt")).hasBinaryContent(TEXT);
      try (var left = Files.list(here)) {
        assertThat(left).containsExactly(into);
      }
    }
  }

  @Test
  default void pathsThatLeaveTheRootAreRefused() {
    try (ModelSource source = open()) {
      for (String path : new String[] {"../x", "a/../../x", "/x", "a//b", "a\r\nDELE x", "a\\b"}) {
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> source.stat(path));
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> source.list(path));
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> source.open(path, 0, Optional.empty()));
      }
    }
  }

  @Test
  default void doneMarkSeesNewContentOfTheSameSize() {
    publish("donefile", "version 1\n".getBytes(StandardCharsets.UTF_8));
    try (ModelSource source = open()) {
      DoneMark first = DoneMark.read(source, "donefile").orElseThrow();
      assertThat(DoneMark.read(source, "donefile")).contains(first);
      publish("donefile", "version 2\n".getBytes(StandardCharsets.UTF_8));
      assertThat(DoneMark.read(source, "donefile")).isNotEqualTo(Optional.of(first)).isPresent();
    }
  }

  @Test
  default void interruptedReaderGetsAbortedAndKeepsItsFlag() {
    publish("a.txt", TEXT);
    try (ModelSource source = open()) {
      Thread.currentThread().interrupt();
      assertCode(ErrorCode.ABORTED, () -> read(source, "a.txt"));
      assertThat(Thread.interrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }
}
