package io.mlserve.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that lead out, deceive or collide, in tar (plain, GNU and PAX) and in zip. */
class HostileNamesTest {
  @TempDir Path root;
  private Place place;

  @BeforeEach
  void makePlace() {
    place = new Place(root);
  }

  private void refusedEverywhere(String name) {
    String bare = name.getBytes(StandardCharsets.UTF_8).length > 100 ? "short" : name;
    if (bare.equals(name)) {
      place.refused(new TarMaker().file("good", "1").file(name, "2").end());
    }
    place.refused(new TarMaker().file("good", "1").longName(name).file("short", "2").end());
    place.refused(new TarMaker().file("good", "1").pax("path=" + name).file("short", "2").end());
    place.refused(new ZipMaker().file("good", "1").file(name, "2").end());
  }

  @ParameterizedTest
  @ValueSource(strings = {"../up", "a/../../up", "./../up", "a/b/../../../up", "..", "a/.."})
  void x01ParentSegmentsAreRefused(String name) {
    refusedEverywhere(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/abs", "//abs", "///etc/x", "/"})
  void x02AbsolutePathsAreRefused(String name) {
    refusedEverywhere(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\\..\\..\\up", "C:\\x", "C:x", "\\\\host\\share", "a\\b", "a/c:b", "\\"})
  void x03BackslashesAndDriveLettersAreRefused(String name) {
    refusedEverywhere(name);
  }

  @Test
  void x29DuplicatesAndFilesInTheWayOfFoldersAreRefused() {
    for (List<String> names :
        List.of(
            List.of("a", "a"),
            List.of("./a", "a"),
            List.of("a", "a/b"),
            List.of("a/b", "a"),
            List.of("a", "a/"),
            List.of("a/", "a"))) {
      TarMaker tar = new TarMaker();
      ZipMaker zip = new ZipMaker();
      for (String name : names) {
        if (name.endsWith("/")) {
          tar.folder(name);
          zip.file(name, "");
        } else {
          tar.file(name, "content of " + name);
          zip.file(name, "content of " + name);
        }
      }
      place.refused(tar.end());
      place.refused(zip.end());
    }
  }

  @Test
  void aFolderThatIsNamedTwiceIsOneFolder() {
    place.unpack(new TarMaker().folder("a/").file("a/b", "1").folder("a").end());
    assertThat(place.target().resolve("a/b")).hasContent("1");
  }

  @Test
  void x30NamesThatCollideElsewhereAreRefused() {
    for (List<String> pair :
        List.of(
            List.of("A.onnx", "a.onnx"),
            List.of("Dir/x", "dir/y"),
            List.of("caf\u00e9", "cafe\u0301"),
            List.of("mu\u017fic", "music"),
            List.of("stra\u00dfe", "STRASSE"))) {
      String message =
          place.refused(new TarMaker().file(pair.get(0), "1").file(pair.get(1), "2").end());
      assertThat(message).contains("collides with");
      place.refused(new ZipMaker().file(pair.get(0), "1").file(pair.get(1), "2").end());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.",
        "a ",
        "a./b",
        "b /c",
        "...",
        "CON",
        "con.txt",
        "nul.onnx",
        "a/AUX",
        "Com1",
        "lpt9.bin",
        "COM\u00b9",
        "aux .txt",
        "nul:x"
      })
  void x30NamesThatWindowsBendsAreRefused(String name) {
    refusedEverywhere(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nb",
        "a\rb",
        "\u001b]0;title\u0007",
        "a\u007fb",
        "a\u0085b",
        "a\u009bb",
        "\u202egpj.exe",
        "a\u2066b",
        "a\u200fb",
        "a\u2028b",
        "\ufeffa",
        "a\ufffdb",
        "a\uffffb"
      })
  void x31ControlAndDirectionCharactersAreRefusedAndShownEscaped(String name) {
    refusedEverywhere(name);
  }

  @Test
  void x31NulInsideANameIsRefused() {
    place.refused(new TarMaker().longName("a\0b").file("short", "1").end());
    place.refused(new TarMaker().pax("path=a\0b").file("short", "1").end());
    place.refused(new ZipMaker().file("a\0b", "1").end());
  }

  @Test
  void x31InvalidUtf8IsRefusedAndShownEscaped() {
    byte[] latin = {'m', 'o', 'd', (byte) 0xe8, 'l', 'e'};
    byte[] surrogate = {'a', (byte) 0xed, (byte) 0xa0, (byte) 0x80};
    byte[] overlong = {(byte) 0xc0, (byte) 0xae, (byte) 0xc0, (byte) 0xae, '/', 'x'};
    for (byte[] name : List.of(latin, surrogate, overlong)) {
      place.refused(new TarMaker().member(TarMaker.header(name, '0', 0), new byte[0]).end());
      place.refused(new TarMaker().extension('L', name).file("short", "1").end());
      place.refused(new ZipMaker().add(ZipMaker.stored(name, new byte[] {1})).end());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "./", "a//b", "a/./b", "a/."})
  void x32NamesOfNothingAreRefused(String name) {
    place.refused(new TarMaker().file("good", "1").file(name, "2").end());
    place.refused(new ZipMaker().file("good", "1").file(name, "2").end());
  }

  @Test
  void x32NamesAndPathsHaveALength() {
    String longest = "n".repeat(255);
    refusedEverywhere(longest + "n");
    refusedEverywhere("\u00e9".repeat(128));
    String deep = ("n".repeat(240) + "/").repeat(17);
    refusedEverywhere(deep + "x");
    place.unpack(new TarMaker().longName(longest).file("short", "1").end());
    assertThat(place.target().resolve(longest)).hasContent("1");
  }

  @Test
  void theFolderItselfMayBeNamed() {
    place.unpack(new TarMaker().folder("./").folder("./m/").file("./m/model.onnx", "1").end());
    assertThat(place.target().resolve("m/model.onnx")).hasContent("1");
  }

  @Test
  void namesThatExportersWriteAreFine() {
    place.unpack(
        new TarMaker()
            .file("onnx::MatMul_42", "1")
            .file(".hidden", "2")
            .file("a b*%?.bin", "3")
            .file("\u6a21\u578b", "4")
            .file("console", "5")
            .end());
    assertThat(Files.exists(place.target().resolve("onnx::MatMul_42"))).isTrue();
  }
}
