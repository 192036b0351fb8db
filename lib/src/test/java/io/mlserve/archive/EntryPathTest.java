package io.mlserve.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.MlserveException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EntryPathTest {
  private static final Path FOLDER = Path.of("/srv/models/out");

  @Property(tries = 5000)
  void whateverTheNameThePathStaysInside(@ForAll("names") String name) {
    staysInside(name);
  }

  @Property(tries = 2000)
  void whateverTheTextThePathStaysInside(@ForAll String name) {
    staysInside(name);
  }

  @Property(tries = 2000)
  void whateverTheBytesThePathStaysInside(@ForAll byte[] name) {
    try {
      staysInside(EntryPath.decode(name));
    } catch (MlserveException e) {
      assertThat(e.message().codePoints().noneMatch(SafeText::isDeceptive)).isTrue();
    }
  }

  private static void staysInside(String name) {
    EntryPath path;
    try {
      path = EntryPath.parse(name);
    } catch (MlserveException e) {
      assertThat(e.message().codePoints().noneMatch(SafeText::isDeceptive)).isTrue();
      return;
    }
    Path resolved = path.in(FOLDER);
    assertThat(resolved.normalize()).isEqualTo(resolved);
    assertThat(resolved.startsWith(FOLDER)).isTrue();
    assertThat(resolved.getNameCount())
        .isEqualTo(FOLDER.getNameCount() + path.segments().size())
        .isGreaterThan(FOLDER.getNameCount());
    assertThat(path.toString().getBytes(StandardCharsets.UTF_8).length).isLessThan(4096);
  }

  // Names made of the parts that matter, much denser in trouble than random text.
  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of(
            "/",
            "/",
            "/",
            "..",
            ".",
            "a",
            "B",
            "~",
            "\\",
            "C:",
            "con",
            " ",
            "\u0000",
            "\n",
            "\u202e",
            "\ud800",
            "\u00e9",
            "\u2024\u2024",
            "\uff0e\uff0e",
            "\uff0f",
            "%2e%2e",
            "n".repeat(255))
        .list()
        .ofMinSize(0)
        .ofMaxSize(20)
        .map(parts -> String.join("", parts));
  }

  @Example
  void leadingDotIsDropped() {
    assertThat(EntryPath.parse("././a/b").segments()).isEqualTo(List.of("a", "b"));
  }

  @Example
  void refusalNamesTheMemberAndTheReason() {
    assertThatThrownBy(() -> EntryPath.parse("a/../../etc/passwd"))
        .hasMessage("member 'a/../../etc/passwd' climbs out with '..'");
    assertThatThrownBy(() -> EntryPath.parse("x\u001b[2J"))
        .hasMessage("member 'x\\u001b[2J' holds the control or direction character U+001B");
  }

  @Example
  void longNamesAreShortenedInMessages() {
    assertThatThrownBy(() -> EntryPath.parse("/" + "x".repeat(4000)))
        .satisfies(e -> assertThat(String.valueOf(e.getMessage()).length()).isLessThan(300));
  }

  @Example
  void equalityIsThatOfTheSegments() {
    assertThat(EntryPath.parse("./a/b")).isEqualTo(EntryPath.parse("a/b"));
    assertThat(EntryPath.parse("a/b")).isNotEqualTo(EntryPath.parse("a/c"));
  }
}
