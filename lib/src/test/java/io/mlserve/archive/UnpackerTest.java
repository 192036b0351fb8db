package io.mlserve.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnpackerTest {
  private static final byte[] MODEL = Packed.of(Format.TAR_GZ, Packed.model());
  private static final UnpackOptions ACCEPT_SAME = new UnpackOptions(0, true, member -> {});

  @TempDir Path root;
  private final Unpacker unpacker = new Unpacker(UnpackLimits.DEFAULTS);
  private Place place;

  @BeforeEach
  void makePlace() {
    place = new Place(root);
  }

  private UnpackResult unpack(Path into, UnpackOptions options) {
    return unpacker.unpack(place.archive(MODEL), into, options);
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void streamsAreUnpackedLikeFiles(Format format) {
    InputStream stream = new ByteArrayInputStream(Packed.of(format, Packed.model()));
    unpacker.unpack(stream, "stream", place.target(), UnpackOptions.DEFAULTS);
    place.holds(Packed.model());
    assertThat(Place.snapshot(root.resolve("a/b/work")).keySet())
        .allMatch(p -> p.isEmpty() || p.startsWith("out"));
  }

  @Test
  void anEmptyFolderIsFilled() throws IOException {
    Files.createDirectory(place.target());
    unpack(place.target(), UnpackOptions.DEFAULTS);
    place.holds(Packed.model());
  }

  @Test
  void aFilledFolderIsRefusedAndUntouched() throws IOException {
    Files.createDirectory(place.target());
    Files.writeString(place.target().resolve("mine"), "precious");
    assertThat(place.refused(MODEL, ErrorCode.ALREADY_EXISTS, UnpackLimits.DEFAULTS))
        .contains("is not empty (expected: a new or empty folder)");
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void theSameArchiveOnceMoreChangesNothing(Format format) throws IOException {
    Path archive = place.archive(Packed.of(format, Packed.model()));
    unpacker.unpack(archive, place.target(), ACCEPT_SAME);
    Path file = place.target().resolve("model/model.onnx");
    FileTime before = Files.getLastModifiedTime(file);
    Object inode = Files.getAttribute(file, "unix:ino");

    UnpackResult again = unpacker.unpack(archive, place.target(), ACCEPT_SAME);

    assertThat(again.unchanged()).isTrue();
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(before);
    assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
  }

  @Test
  void aFolderThatDiffersInAnythingIsNotTheSame() throws IOException {
    unpack(place.target(), ACCEPT_SAME);
    Path model = place.target().resolve("model/model.onnx");
    byte[] content = Files.readAllBytes(model);
    for (byte[] other :
        List.of(flipped(content), Arrays.copyOf(content, 8999), Arrays.copyOf(content, 9001))) {
      Files.write(model, other);
      notTheSame("'model/model.onnx' in it is not what the archive holds");
    }
    Files.write(model, content);
    Files.createFile(place.target().resolve("model/extra"));
    notTheSame("holds more than the archive");
    Files.delete(place.target().resolve("model/extra"));
    Files.delete(model);
    notTheSame("'model/model.onnx' in it is not what the archive holds");
    Files.createSymbolicLink(model, Files.write(root.resolve("elsewhere"), content));
    notTheSame("'model/model.onnx' in it is not what the archive holds");
  }

  private static byte[] flipped(byte[] content) {
    byte[] flipped = content.clone();
    flipped[8999] ^= 1;
    return flipped;
  }

  private void notTheSame(String why) {
    MlserveException failure =
        catchThrowableOfType(MlserveException.class, () -> unpack(place.target(), ACCEPT_SAME));
    assertThat(failure.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(failure.message()).contains(why);
    assertThat(failure.hint()).isPresent();
  }

  @Test
  void x34MembersLieInTheFolderAsTheyLieInTheArchive() {
    place.unpack(new TarMaker().file("model.onnx", "1").file("a/x", "2").file("b/y", "3").end());
    place.holds(Map.of("model.onnx", bytes("1"), "a/x", bytes("2"), "b/y", bytes("3")));
  }

  @Test
  void x34LeadingNamesAreStripped() {
    UnpackResult result =
        unpacker.unpack(
            place.archive(
                new TarMaker()
                    .folder("./top/")
                    .file("./top/model.onnx", "1")
                    .file("README", "2")
                    .file("./top/a/b", "3")
                    .end()),
            place.target(),
            new UnpackOptions(1, false, member -> {}));
    place.holds(Map.of("model.onnx", bytes("1"), "a/b", bytes("3")));
    assertThat(result.skipped()).isEqualTo(2);
  }

  @Test
  void strippingHidesNoDanger() {
    for (String name : List.of("../../up", "/abs/file", "a/../../up")) {
      Path archive = place.archive(new TarMaker().file("t/good", "1").file(name, "2").end());
      assertThatThrownBy(
              () ->
                  unpacker.unpack(
                      archive, place.target(), new UnpackOptions(1, false, member -> {})))
          .isInstanceOf(MlserveException.class);
      assertThat(place.target()).doesNotExist();
    }
    Path twins = place.archive(new TarMaker().file("a/f", "1").file("b/f", "2").end());
    assertThatThrownBy(
            () -> unpacker.unpack(twins, place.target(), new UnpackOptions(1, false, member -> {})))
        .hasMessageEndingWith("member 'f' appears twice");
  }

  @Test
  void strippingEverythingIsAMistake() {
    assertThatThrownBy(() -> unpack(place.target(), new UnpackOptions(9, false, member -> {})))
        .hasMessageContaining("no file is left when that many names are stripped");
    assertThat(place.target()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"with space", "100%", "a*b", "new\nline", "mod\u00e8le-\u6a21\u578b", "n255"})
  void x38FoldersMayHaveAnyName(String name) {
    Path target = root.resolve(name.equals("n255") ? "n".repeat(255) : name);
    unpack(target, UnpackOptions.DEFAULTS);
    assertThat(target.resolve("model/labels.txt")).exists();
  }

  @Test
  void x38ALinkToAnEmptyFolderIsFollowedOnce() throws IOException {
    Path real = Files.createDirectory(root.resolve("real"));
    Path link = Files.createSymbolicLink(root.resolve("link"), real);
    UnpackResult result = unpack(link, UnpackOptions.DEFAULTS);
    assertThat(result.folder()).isEqualTo(real.toRealPath());
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(link.resolve("model/labels.txt")).exists();
  }

  @Test
  void x38TargetsThatCannotBeFoldersAreRefused() throws IOException {
    Files.createSymbolicLink(root.resolve("dangling"), root.resolve("absent"));
    for (String name : List.of("canary", "dangling")) {
      MlserveException failure =
          catchThrowableOfType(
              MlserveException.class, () -> unpack(root.resolve(name), UnpackOptions.DEFAULTS));
      assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }
    MlserveException failure =
        catchThrowableOfType(
            MlserveException.class,
            () -> unpack(root.resolve("absent/out"), UnpackOptions.DEFAULTS));
    assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(root.resolve("absent")).doesNotExist();
  }

  @Test
  void missingArchivesAndFoldersAreNamed() {
    assertThatThrownBy(
            () -> unpacker.unpack(root.resolve("none"), place.target(), UnpackOptions.DEFAULTS))
        .hasMessage(root.resolve("none") + ": no such file");
    assertThatThrownBy(() -> unpacker.unpack(root, place.target(), UnpackOptions.DEFAULTS))
        .hasMessage(root + ": is a folder (expected: an archive)");
  }

  @Test
  void aBrokenPipeIsNotADamagedArchive() {
    InputStream broken =
        new FilterInputStream(new ByteArrayInputStream(MODEL)) {
          private int left = 500;

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
              throw new IOException("Connection reset");
            }
            int got = super.read(buffer, offset, Math.min(length, left));
            left -= got;
            return got;
          }
        };
    MlserveException failure =
        catchThrowableOfType(
            MlserveException.class,
            () -> unpacker.unpack(broken, "pipe", place.target(), UnpackOptions.DEFAULTS));
    assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(failure.message()).contains("Connection reset");
    assertThat(place.target()).doesNotExist();
  }

  @Test
  void whatAKilledProcessLeftIsRemovedByTheNext() throws IOException {
    Path work = place.target().resolveSibling(".out.unpack-0123456789ab-0123456789ab");
    Files.createDirectories(work.resolve("tree/half"));
    Files.createFile(work.resolve("lock"));
    Files.writeString(work.resolve("tree/half/model.onnx"), "half");
    Files.createDirectory(place.target().resolveSibling(".out.unpack-aaaaaaaaaaaa-0123456789ab"));
    Path others = place.target().resolveSibling(".other.unpack-0123456789ab-0123456789ab");
    Files.createDirectories(others);

    unpack(place.target(), UnpackOptions.DEFAULTS);

    assertThat(place.target().getParent()).isDirectoryNotContaining("glob:**/.out.unpack-*");
    assertThat(others).exists();
  }

  @Test
  void anUnpackingUnderWayIsNotTakenForLeftovers() {
    List<Path> during = new ArrayList<>();
    UnpackOptions nested =
        new UnpackOptions(
            0,
            false,
            member -> {
              if (during.isEmpty()) {
                during.add(place.target());
                unpack(place.target(), UnpackOptions.DEFAULTS);
              }
            });
    MlserveException failure =
        catchThrowableOfType(MlserveException.class, () -> unpack(place.target(), nested));
    assertThat(failure.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
    place.holds(Packed.model());
    assertThat(place.target().getParent()).isDirectoryNotContaining("glob:**/.out.unpack-*");
  }

  @Test
  void anInterruptEndsItAndLeavesNothing() {
    UnpackOptions interrupting =
        new UnpackOptions(0, false, member -> Thread.currentThread().interrupt());
    MlserveException failure =
        catchThrowableOfType(MlserveException.class, () -> unpack(place.target(), interrupting));
    assertThat(failure.code()).isEqualTo(ErrorCode.ABORTED);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(place.target().getParent()).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void listingShowsEveryMemberAndWritesNothing(Format format) {
    List<String> seen = new ArrayList<>();
    Path archive = place.archive(Packed.of(format, Packed.model()));
    Map<String, String> before = Place.snapshot(root);
    Format found = unpacker.list(archive, member -> seen.add(member.path() + " " + member.size()));
    assertThat(found).isEqualTo(format);
    assertThat(seen)
        .containsExactlyInAnyOrder(
            "model 0",
            "model/assets 0",
            "model/assets/empty 0",
            "model/assets/mod\u00e8le-\u6a21\u578b.bin 3",
            "model/labels.txt 2400",
            "model/model.onnx 9000");
    assertThat(Place.snapshot(root)).isEqualTo(before);
  }

  @Test
  void listingRefusesWhatUnpackingWouldRefuse() {
    Path archive = place.archive(new TarMaker().file("good", "1").file("../up", "2").end());
    assertThatThrownBy(() -> unpacker.list(archive, member -> {}))
        .hasMessageEndingWith("member '../up' climbs out with '..'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0,3,3,0,8,2", "4,5", "0,5"})
  void sparseFilesGetTheirHolesBack(String map) {
    byte[] stored = bytes("abcde");
    byte[] whole = new byte[10];
    int at = 0;
    String[] numbers = map.split(",", -1);
    for (int i = 0; i < numbers.length; i += 2) {
      int length = Integer.parseInt(numbers[i + 1]);
      System.arraycopy(stored, at, whole, Integer.parseInt(numbers[i]), length);
      at += length;
    }
    place.unpack(
        new TarMaker()
            .pax("GNU.sparse.map=" + map, "GNU.sparse.size=10", "GNU.sparse.name=sparse")
            .file("x", stored)
            .end());
    place.holds(Map.of("sparse", whole));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
