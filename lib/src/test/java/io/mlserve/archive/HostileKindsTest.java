package io.mlserve.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links, devices, modes and owners. */
class HostileKindsTest {
  private static final char HARD = '1';
  private static final char SYMBOLIC = '2';

  @TempDir Path root;
  private Place place;

  @BeforeEach
  void makePlace() {
    place = new Place(root);
  }

  @Test
  void x04SymbolicLinkToTheOutsideThenAFileThroughItIsRefused() {
    String message =
        place.refused(
            new TarMaker()
                .special("l", SYMBOLIC, root.toString())
                .file("l/canary", "overwritten")
                .end());
    assertThat(message).endsWith("member 'l' is a symbolic link");
    place.refused(
        new ZipMaker()
            .add(ZipMaker.stored("l", bytes(root.toString())).mode(0120777))
            .file("l/canary", "overwritten")
            .end());
  }

  @Test
  void x05SymbolicLinksUpwardsAndInChainsAreRefused() {
    place.refused(new TarMaker().special("l", SYMBOLIC, "..").file("l/canary", "x").end());
    place.refused(
        new TarMaker()
            .folder("a/")
            .special("a/b", SYMBOLIC, "../..")
            .file("a/b/canary", "x")
            .end());
    TarMaker chain = new TarMaker();
    for (int i = 0; i < 50; i++) {
      chain.special("l" + i, SYMBOLIC, i == 0 ? ".." : "l" + (i - 1) + "/..");
    }
    place.refused(chain.file("l49/canary", "x").end());
  }

  @Test
  void x06SymbolicLinksInsideTheTreeAreRefused() {
    place.refused(
        new TarMaker().file("model.onnx", "1").special("l", SYMBOLIC, "model.onnx").end());
    place.refused(
        new ZipMaker()
            .file("model.onnx", "1")
            .add(ZipMaker.stored("l", bytes("model.onnx")).mode(0120777))
            .end());
  }

  @Test
  void x07SymbolicLinkThenAFileOfTheSameNameIsRefused() {
    place.refused(
        new TarMaker()
            .special("l", SYMBOLIC, root.resolve("canary").toString())
            .file("l", "overwritten")
            .end());
  }

  @Test
  void x08FolderThenSymbolicLinkOfTheSameNameThenAFileBelowIsRefused() {
    place.refused(
        new TarMaker()
            .folder("d/")
            .special("d", SYMBOLIC, root.toString())
            .file("d/canary", "overwritten")
            .end());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../x", "later", "missing"})
  void x09HardLinksAreRefused(String target) {
    String message =
        place.refused(new TarMaker().special("h", HARD, target).file("later", "1").end());
    assertThat(message).endsWith("member 'h' is a hard link");
  }

  @Test
  void x10HardLinkThenAWriteToItIsRefused() {
    place.refused(
        new TarMaker()
            .special("h", HARD, root.resolve("canary").toString())
            .file("h", "overwritten")
            .end());
  }

  @Test
  void x11ChainWithALongResolvedPathIsRefused() {
    TarMaker tar = new TarMaker();
    String folder = "";
    for (char c = 'a'; c < 'q'; c++) {
      String component = String.valueOf(c).repeat(247);
      tar.pax("path=" + folder + component).folder("x");
      tar.special(folder.length() > 90 ? "y" + c : folder + c, SYMBOLIC, "x".repeat(99));
      folder += c + "/";
    }
    place.refused(tar.file("a/escape", "x").end());
  }

  @Test
  void x12ASecondArchiveCannotUseWhatTheFirstPlanted() throws IOException {
    place.unpack(new TarMaker().file("planted", "1").end());
    Files.createSymbolicLink(place.target().resolve("link"), root);
    String message =
        place.refused(
            new TarMaker().file("link/canary", "overwritten").end(),
            ErrorCode.ALREADY_EXISTS,
            UnpackLimits.DEFAULTS);
    assertThat(message).contains("is not empty (expected: a new or empty folder)");
  }

  @Test
  void x13AFolderThatIsSwappedForALinkRedirectsNothing() throws Exception {
    Path tree = Files.createDirectory(root.resolve("tree"));
    Path outside = Files.createDirectory(root.resolve("outside"));
    Path folder = tree.resolve("a");
    AtomicBoolean done = new AtomicBoolean();
    int written = 0;
    try (StagedTree staged = new StagedTree(tree)) {
      staged.folder(EntryPath.parse("a"));
      staged.folder(EntryPath.parse("b"));
      Thread attacker = new Thread(() -> swap(folder, tree.resolve("real"), outside, done));
      attacker.start();
      for (int i = 0; i < 1000; i++) {
        written += tryFile(staged, "a/f" + i) + tryFile(staged, "b/f" + i);
      }
      done.set(true);
      attacker.join();
    }
    assertThat(outside).isEmptyDirectory();
    assertThat(written).as("some writes meet the real folder").isGreaterThan(1000);
  }

  @Test
  void x13AFolderThatIsSwappedBetweenTwoFilesRedirectsNothing() throws IOException {
    Path tree = Files.createDirectory(root.resolve("tree"));
    Path outside = Files.createDirectory(root.resolve("outside"));
    try (StagedTree staged = new StagedTree(tree)) {
      staged.folder(EntryPath.parse("a"));
      assertThat(tryFile(staged, "a/first")).isOne();
      Files.move(tree.resolve("a"), root.resolve("moved"));
      Files.createSymbolicLink(tree.resolve("a"), outside);
      tryFile(staged, "a/second");
      tryFile(staged, "top");
      assertThat(tryFile(staged, "a/third")).isZero();
    }
    assertThat(outside).isEmptyDirectory();
  }

  private static int tryFile(StagedTree staged, String name) throws IOException {
    try {
      staged.file(EntryPath.parse(name), new ByteArrayInputStream(bytes("secret")));
      return 1;
    } catch (MlserveException e) {
      return 0; // the attacker was there: refused is what is wanted
    }
  }

  private static void swap(Path folder, Path real, Path outside, AtomicBoolean done) {
    while (!done.get()) {
      try {
        Files.move(folder, real);
        Files.createSymbolicLink(folder, outside);
        Files.delete(folder);
        Files.move(real, folder);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void x13ALinkInTheWayOfAFileIsNotFollowed() throws IOException {
    Path tree = Files.createDirectory(root.resolve("tree"));
    Files.createSymbolicLink(tree.resolve("f"), root.resolve("canary"));
    try (StagedTree staged = new StagedTree(tree)) {
      assertThat(tryFile(staged, "f")).isZero();
    }
    assertThat(root.resolve("canary")).hasContent("untouched");
  }

  @ParameterizedTest
  @ValueSource(chars = {'3', '4', '6', 'D', 'M', 'V', '~', 's'})
  void x14DevicesFifosAndUnknownKindsAreRefused(char type) {
    place.refused(new TarMaker().file("good", "1").special("dev", type, "").end());
  }

  @ParameterizedTest
  @ValueSource(ints = {0020644, 0060644, 0010644, 0140644, 0150644, 0040755})
  void x14SpecialFilesInZipAreRefused(int mode) {
    place.refused(
        new ZipMaker().file("good", "1").add(ZipMaker.stored("dev", bytes("")).mode(mode)).end());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0004755", "0002755", "0001777", "0000000", "0007777", "0000777"})
  void x15ModesAreNotTakenOver(String mode) throws IOException {
    byte[] folder = TarMaker.header("d/", '5', 0);
    byte[] file = TarMaker.header("d/f", '0', 1);
    for (byte[] header : new byte[][] {folder, file}) {
      TarMaker.put(header, 100, bytes(mode));
      TarMaker.sum(header);
    }
    place.unpack(new TarMaker().member(folder, bytes("")).member(file, bytes("1")).end());
    assertThat(mode(place.target())).isEqualTo(umasked("rwxr-xr-x"));
    assertThat(mode(place.target().resolve("d"))).isEqualTo(umasked("rwxr-xr-x"));
    assertThat(mode(place.target().resolve("d/f"))).isEqualTo(umasked("rw-r--r--"));
    assertThat((Integer) Files.getAttribute(place.target().resolve("d/f"), "unix:mode") & 07000)
        .isZero();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private String umasked(String wanted) throws IOException {
    Path probe = root.resolve("probe-" + System.nanoTime());
    Files.createFile(
        probe, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(wanted)));
    return mode(probe);
  }

  @Test
  void x16OwnersAreIgnored() throws IOException {
    byte[] header = TarMaker.header("f", '0', 1);
    TarMaker.put(header, 108, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
    TarMaker.put(header, 116, bytes("0000000\0"));
    TarMaker.put(header, 265, bytes("nobody-knows-me\0"));
    TarMaker.put(header, 297, bytes("root\0"));
    TarMaker.put(header, 136, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -2});
    place.unpack(new TarMaker().member(TarMaker.sum(header), bytes("1")).end());
    Path canary = root.resolve("canary");
    assertThat(Files.getOwner(place.target().resolve("f"))).isEqualTo(Files.getOwner(canary));
  }

  @Test
  void x17ExtendedAttributesAndTimesAreDropped() {
    place.unpack(
        new TarMaker()
            .pax(
                "SCHILY.xattr.security.capability=xxxx",
                "LIBARCHIVE.xattr.user.a=eA==",
                "SCHILY.acl.access=user::rwx",
                "mtime=99999999999.5",
                "uid=-1",
                "uname=root")
            .file("f", "1")
            .end());
    assertThat(place.target().resolve("f")).hasContent("1");
  }

  @Test
  void x18ArchivesInsideAreData() {
    byte[] inner = new TarMaker().file("../../up", "1").end();
    place.unpack(new TarMaker().file("inner.tar", inner).end());
    place.holds(Map.of("inner.tar", inner));
  }

  @Test
  void aFolderWithContentIsRefused() {
    place.refused(new TarMaker().member(TarMaker.header("d/", '5', 3), bytes("abc")).end());
    place.refused(new ZipMaker().file("d/", "abc").end());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
