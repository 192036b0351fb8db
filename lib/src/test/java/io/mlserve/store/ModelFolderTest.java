package io.mlserve.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFolderTest {
  private static final String STAMP = "fluid_time_file";

  @TempDir private Path temporary;
  private Path base;

  @BeforeEach
  void resolveLinksAboveUs() throws IOException {
    base = temporary.toRealPath();
  }

  private Path file(String path) {
    return file(path, path);
  }

  private Path file(String path, String content) {
    try {
      Path file = base.resolve(path);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Path link(String path, String target) throws IOException {
    Path link = base.resolve(path);
    Files.createDirectories(link.getParent());
    return Files.createSymbolicLink(link, Path.of(target));
  }

  private ModelFolder at(String path) {
    return new ModelFolder(base.resolve(path), STAMP);
  }

  private static ModelFiles unnumbered(Path model) {
    return new ModelFiles(OptionalLong.empty(), model);
  }

  private static ModelFiles numbered(long version, Path model) {
    return new ModelFiles(OptionalLong.of(version), model);
  }

  private static void assertFails(ErrorCode code, String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(MlserveException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  @Test
  void singleFileIsAModelWithItsTimestampFileBesideIt() {
    Path model = file("a.onnx");
    assertThat(at("a.onnx").versionFiles()).containsExactly(unnumbered(model));
    assertThat(at("a.onnx").look()).hasValue(new ModelMark.Untouched());
    file(STAMP);
    assertThat(at("a.onnx").look())
        .hasValueSatisfying(mark -> assertThat(mark).isInstanceOf(ModelMark.Touched.class));
  }

  @Test
  void folderWithOneModelIsOne() {
    Path model = file("m/anything.onnx");
    file("m/weights.bin");
    assertThat(at("m").versionFiles()).containsExactly(unnumbered(model));
    assertThat(at("m").look()).hasValue(new ModelMark.Untouched());
    file("m/" + STAMP);
    assertThat(at("m").look())
        .hasValueSatisfying(mark -> assertThat(mark).isInstanceOf(ModelMark.Touched.class));
  }

  @Test
  void ofSeveralModelsTheOneWithTheUsualNameIsServed() {
    file("m/a.onnx");
    Path usual = file("m/model.onnx");
    file("m/z.onnx");
    assertThat(at("m").versionFiles()).containsExactly(unnumbered(usual));
  }

  @Test
  void severalModelsWithoutTheUsualNameAreNone() {
    file("m/b.onnx");
    file("m/a.onnx");
    assertFails(
        ErrorCode.DATA_LOSS,
        "a.onnx, b.onnx (expected: one, or one that is called model.onnx)",
        () -> at("m").versionFiles());
  }

  @Test
  void hiddenFilesAndFoldersWithTheirNameAreNoModels() throws IOException {
    file("m/.hidden.onnx");
    file("m/model.onnx.part");
    file("m/MODEL.txt");
    Files.createDirectory(base.resolve("m/folder.onnx"));
    assertThat(at("m").look()).isEmpty();
    assertFails(ErrorCode.NOT_FOUND, "no model in ", () -> at("m").versionFiles());
    Path model = file("m/x.onnx");
    assertThat(at("m").versionFiles()).containsExactly(unnumbered(model));
  }

  @Test
  void linkIsFollowedToTheVersionThatItNames() throws IOException {
    Path seven = file("m/.versions/7-abc/model.onnx");
    Path eight = file("m/.versions/8-def/model.onnx");
    link("m/model", ".versions/7-abc");
    ModelFolder folder = at("m/model");
    assertThat(folder.versionFiles()).containsExactly(numbered(7, seven));
    // The pointer moves: what was resolved before stays what it was.
    link("m/next", ".versions/8-def");
    Files.move(base.resolve("m/next"), base.resolve("m/model"), StandardCopyOption.ATOMIC_MOVE);
    assertThat(folder.versionFiles()).containsExactly(numbered(8, eight));
    assertThat(seven).exists();
  }

  @Test
  void linkToAFileIsResolved() throws IOException {
    Path model = file("store/a.onnx");
    link("current.onnx", "store/a.onnx");
    assertThat(at("current.onnx").versionFiles()).containsExactly(unnumbered(model));
  }

  @Test
  void versionFoldersAreServedNewestFirst() {
    Path two = file("m/2/model.onnx");
    Path ten = file("m/10/model.onnx");
    Path nine = file("m/9/some.onnx");
    assertThat(at("m").versionFiles())
        .containsExactly(numbered(10, ten), numbered(9, nine), numbered(2, two));
    assertThat(at("m").look())
        .hasValueSatisfying(
            mark ->
                assertThat(mark)
                    .isInstanceOfSatisfying(
                        ModelMark.Numbered.class,
                        numbered ->
                            assertThat(numbered.versions().keySet()).containsExactly(10L, 9L, 2L)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "007", "00000000000000000007"})
  void folderMayHaveLeadingZeros(String name) {
    Path model = file("m/" + name + "/model.onnx");
    assertThat(at("m").versionFiles()).containsExactly(numbered(7, model));
    assertThat(at("m").files(7)).isEqualTo(numbered(7, model));
  }

  @Test
  void shorterOfTwoNamesOfOneVersionCounts() {
    file("m/007/model.onnx");
    Path seven = file("m/7/model.onnx");
    assertThat(at("m").versionFiles()).containsExactly(numbered(7, seven));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+7",
        "7 ",
        " 7",
        "-7",
        "7.0",
        "0x7",
        "7-abc",
        "v7",
        "٧",
        "1e3",
        "7_",
        "9223372036854775808"
      })
  void folderWhoseNameIsNotExactlyANumberIsNoVersion(String name) {
    file("m/" + name + "/model.onnx");
    assertThat(at("m").look()).isEmpty();
    assertFails(ErrorCode.NOT_FOUND, "no model in ", () -> at("m").versionFiles());
    Path one = file("m/1/model.onnx");
    assertThat(at("m").versionFiles()).containsExactly(numbered(1, one));
  }

  @Test
  void versionThatIsAFileIsNone() {
    file("m/7");
    assertThat(at("m").look()).isEmpty();
  }

  @Test
  void emptyVersionFolderIsPassedOver() throws IOException {
    Path one = file("m/1/model.onnx");
    Files.createDirectory(base.resolve("m/2"));
    assertThat(at("m").versionFiles()).containsExactly(numbered(1, one));
  }

  @Test
  void olderVersionThatIsNoneDoesNotHinderANewerOne() {
    file("m/1/a.onnx");
    file("m/1/b.onnx");
    Path two = file("m/2/model.onnx");
    assertThat(at("m").versionFiles()).containsExactly(numbered(2, two));
    file("m/3/a.onnx");
    file("m/3/b.onnx");
    assertFails(ErrorCode.DATA_LOSS, "several models in ", () -> at("m").versionFiles());
  }

  @Test
  void markOfAVersionChangesWithEachOfItsFiles() throws IOException {
    file("m/1/model.onnx");
    Optional<ModelMark> first = at("m").look();
    assertThat(at("m").look()).isEqualTo(first);
    Path weights = file("m/1/weights/w.bin", "aaaa");
    Optional<ModelMark> more = at("m").look();
    assertThat(more).isNotEqualTo(first);
    Files.writeString(weights, "aaaab");
    assertThat(at("m").look()).isNotEqualTo(more);
    Optional<ModelMark> grown = at("m").look();
    Files.setLastModifiedTime(weights, FileTime.from(Instant.EPOCH));
    assertThat(at("m").look()).isNotEqualTo(grown);
    Optional<ModelMark> old = at("m").look();
    file("m/2/model.onnx");
    assertThat(at("m").look()).isNotEqualTo(old);
  }

  @Test
  void versionFolderMayBeALinkAndWhatItNamesCounts() throws IOException {
    Path model = file("store/a/model.onnx");
    Files.createDirectory(base.resolve("m"));
    link("m/1", "../store/a");
    assertThat(at("m").versionFiles()).containsExactly(numbered(1, model));
    Optional<ModelMark> before = at("m").look();
    Files.writeString(model, "grown since");
    assertThat(at("m").look()).isPresent().isNotEqualTo(before);
  }

  @Test
  void linkToNothingDoesNotHideAVersion() throws IOException {
    Path model = file("m/1/model.onnx");
    link("m/1/notes", "nowhere");
    assertThat(at("m").look()).isPresent();
    assertThat(at("m").versionFiles()).containsExactly(numbered(1, model));
  }

  @Test
  void whatIsNotThereIsEmptyAndNotFound() throws IOException {
    assertThat(at("absent").look()).isEmpty();
    assertFails(ErrorCode.NOT_FOUND, "no model in ", () -> at("absent").versionFiles());
    link("dangling", "nowhere");
    assertThat(at("dangling").look()).isEmpty();
    assertFails(ErrorCode.NOT_FOUND, "no model in ", () -> at("dangling").versionFiles());
    Files.createDirectory(base.resolve("empty"));
    assertThat(at("empty").look()).isEmpty();
  }

  @Test
  void folderThatAppearsIsSeen() {
    ModelFolder folder = at("m");
    assertThat(folder.look()).isEmpty();
    file("m/model.onnx");
    assertThat(folder.look()).hasValue(new ModelMark.Untouched());
  }

  @Test
  void folderThatCannotBeReadIsNotTakenForAnEmptyOne() throws IOException {
    file("m/1/model.onnx");
    Files.setPosixFilePermissions(base.resolve("m"), PosixFilePermissions.fromString("---------"));
    try {
      assumeThat(Files.isReadable(base.resolve("m")))
          .as("this user reads whatever the mode says (root does)")
          .isFalse();
      assertFails(ErrorCode.UNAVAILABLE, "cannot read", () -> at("m").look());
      assertFails(ErrorCode.UNAVAILABLE, "cannot read", () -> at("m").versionFiles());
    } finally {
      Files.setPosixFilePermissions(
          base.resolve("m"), PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void touchWithinTheSameTimeIsSeenByContentAndByIdentity() throws IOException {
    file("m/model.onnx");
    Path stamp = file("m/" + STAMP, "1");
    FileTime time = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    Files.setLastModifiedTime(stamp, time);
    Optional<ModelMark> first = at("m").look();
    assertThat(at("m").look()).isEqualTo(first);

    Files.writeString(stamp, "2");
    Files.setLastModifiedTime(stamp, time);
    Optional<ModelMark> second = at("m").look();
    assertThat(second).isNotEqualTo(first);

    Path other = file("m/other", "2");
    Files.setLastModifiedTime(other, time);
    Files.move(other, stamp, StandardCopyOption.ATOMIC_MOVE);
    assertThat(at("m").look()).isNotEqualTo(second);
  }

  @Test
  void timestampFileThatIsTurnedBackIsATouchToo() throws IOException {
    Path stamp = file("m/" + STAMP);
    Optional<ModelMark> now = at("m").look();
    Files.setLastModifiedTime(stamp, FileTime.from(Instant.parse("2001-01-01T00:00:00Z")));
    assertThat(at("m").look()).isNotEqualTo(now);
  }

  @Test
  void timestampFileAloneIsAMarkThoughThereIsNoModel() {
    file("m/" + STAMP);
    assertThat(at("m").look()).isPresent();
    assertFails(ErrorCode.NOT_FOUND, "no model in ", () -> at("m").versionFiles());
  }
}
