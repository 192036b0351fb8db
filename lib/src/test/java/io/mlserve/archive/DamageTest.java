package io.mlserve.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that are cut, flipped, glued together, or that contradict themselves. */
class DamageTest {
  @TempDir Path root;
  private Place place;

  @BeforeEach
  void makePlace() {
    place = new Place(root);
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void x25TruncationAnywhereIsRefused(Format format) {
    byte[] whole = Packed.of(format, Packed.model());
    TreeSet<Integer> cuts = new TreeSet<>();
    for (int at = 0; at < whole.length; at += 512) {
      cuts.add(at);
    }
    new Random(25).ints(100, 0, whole.length).forEach(cuts::add);
    cuts.add(whole.length - 1);
    for (int cut : cuts) {
      place.refused(Arrays.copyOf(whole, cut));
    }
    place.unpack(whole);
    place.holds(Packed.model());
  }

  @ParameterizedTest
  @EnumSource(
      value = Format.class,
      names = {"TAR_GZ", "TAR_BZ2", "TAR_XZ", "TAR_ZST", "ZIP"})
  void x26AFlippedBitIsRefusedOrChangesNothing(Format format) throws IOException {
    byte[] whole = Packed.of(format, Packed.model());
    Random random = new Random(26);
    int refused = 0;
    for (int i = 0; i < 120; i++) {
      byte[] flipped = whole.clone();
      flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      Path target = root.resolve("flip" + i);
      try {
        new Unpacker(UnpackLimits.DEFAULTS)
            .unpack(place.archive(flipped), target, UnpackOptions.DEFAULTS);
        assertThat(Place.snapshot(target)).isEqualTo(expected(format));
      } catch (MlserveException e) {
        assertThat(e.code()).isIn(ErrorCode.DATA_LOSS, ErrorCode.RESOURCE_EXHAUSTED);
        assertThat(Files.exists(target)).isFalse();
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(100);
  }

  private Map<String, String> expected(Format format) {
    Path good = root.resolve("good");
    if (!Files.exists(good)) {
      new Unpacker(UnpackLimits.DEFAULTS)
          .unpack(place.archive(Packed.of(format, Packed.model())), good, UnpackOptions.DEFAULTS);
    }
    return Place.snapshot(good);
  }

  @Test
  void x26WrongGzipChecksumIsRefusedThoughTheTarIsWhole() {
    byte[] whole = Packed.of(Format.TAR_GZ, Packed.model());
    whole[whole.length - 6] ^= 1;
    assertThat(place.refused(whole)).contains("damaged");
  }

  @Test
  void x26WrongZipChecksumIsRefused() {
    ZipMaker.Entry stored = ZipMaker.stored("f", bytes("content"));
    stored.crc ^= 1;
    assertThat(place.refused(new ZipMaker().file("good", "1").add(stored).end()))
        .endsWith("member 'f' does not have its checksum");
    ZipMaker.Entry deflated = ZipMaker.deflated("f", bytes("content"));
    deflated.crc ^= 1;
    place.refused(new ZipMaker().file("good", "1").add(deflated).end());
  }

  @Test
  void x26WrongTarHeaderChecksumIsRefused() {
    byte[] whole = new TarMaker().file("good", "1").file("bad", "2").end();
    whole[1024] ^= 1; // the first letter of the second name
    assertThat(place.refused(whole)).endsWith("a tar header does not have its checksum");
  }

  @Test
  void x24AllMembersOfAGzipAreRead() {
    byte[] tar = Packed.tar(Packed.model());
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    for (int at = 0; at < tar.length; at += 3000) {
      members.writeBytes(
          Packed.compress(
              Format.TAR_GZ, Arrays.copyOfRange(tar, at, Math.min(at + 3000, tar.length))));
    }
    place.unpack(members.toByteArray());
    place.holds(Packed.model());
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void x24GarbageBehindTheArchiveIsRefused(Format format) {
    byte[] whole = Packed.of(format, Packed.model());
    byte[] more = Arrays.copyOf(whole, whole.length + 700);
    Arrays.fill(more, whole.length, more.length, (byte) 'x');
    place.refused(more);
  }

  @Test
  void x24TwoTarsInOneStreamAreRefused() {
    byte[] tar = new TarMaker().file("f", "1").end();
    byte[] two = Arrays.copyOf(tar, 2 * tar.length);
    System.arraycopy(tar, 0, two, tar.length, tar.length);
    assertThat(place.refused(two)).endsWith("data after the end of the tar archive");
    place.refused(Packed.compress(Format.TAR_GZ, two));
  }

  @Test
  void x24PaddingBehindTheEndMarkerIsFine() {
    byte[] tar = new TarMaker().file("f", "1").end();
    place.unpack(Arrays.copyOf(tar, 10240));
    assertThat(place.target().resolve("f")).hasContent("1");
  }

  @Test
  void aLoneBlockOfZerosIsNoEnd() {
    byte[] gap =
        new TarMaker().file("a", "1").member(new byte[512], bytes("")).file("b", "2").end();
    assertThat(place.refused(gap)).endsWith("a lone block of zeros between tar members");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"99 path=a\n", "0 path=a\n", "x path=a\n", "9 pathxa\n", "11 path=a\n", "9"})
  void brokenPaxRecordsAreRefused(String records) {
    place.refused(new TarMaker().extension('x', bytes(records)).file("f", "1").end());
  }

  @Test
  void twoSizesOrTwoNamesForOneTarMemberAreRefused() {
    place.refused(new TarMaker().pax("size=0").file("f", "1".repeat(600)).end());
    place.refused(new TarMaker().pax("size=600").file("f", "12").end());
    place.refused(new TarMaker().longName("a").pax("path=b").file("f", "1").end());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0000000001", "0000000009\0", "1 1 1 1 1 1"})
  void sizesThatAreNoNumbersAreRefused(String size) {
    byte[] header = TarMaker.header("f", '0', 0);
    TarMaker.put(header, 124, bytes(size));
    place.refused(new TarMaker().file("good", "1").member(TarMaker.sum(header), bytes("")).end());
  }

  @Test
  void x20ZipSizesThatDoNotFitTheDataAreRefused() {
    ZipMaker.Entry small = ZipMaker.deflated("f", new byte[5000]);
    small.size = 10;
    small.localSize = 10;
    place.refused(new ZipMaker().add(small).end());
    ZipMaker.Entry large = ZipMaker.deflated("f", new byte[10]);
    large.size = 5000;
    large.localSize = 5000;
    place.refused(new ZipMaker().add(large).end());
    ZipMaker.Entry stored = ZipMaker.stored("f", new byte[10]);
    stored.size = 5;
    stored.localSize = 5;
    place.refused(new ZipMaker().add(stored).end());
  }

  @Test
  void x27HeadersThatContradictTheDirectoryAreRefused() {
    ZipMaker.Entry name = ZipMaker.stored("harmless", bytes("1"));
    name.localName = bytes("../../up");
    ZipMaker.Entry size = ZipMaker.stored("f", bytes("1"));
    size.localSize = 2;
    ZipMaker.Entry method = ZipMaker.deflated("f", bytes("1"));
    method.localMethod = 0;
    for (ZipMaker.Entry entry : new ZipMaker.Entry[] {name, size, method}) {
      assertThat(place.refused(new ZipMaker().file("good", "1").add(entry).end()))
          .endsWith("is described differently by its header and by the directory");
    }
  }

  @Test
  void x27TwoEndRecordsAndPrefixesAreRefused() {
    byte[] zip = new ZipMaker().file("f", "1").end();
    byte[] two = Arrays.copyOf(zip, zip.length + 22);
    System.arraycopy(zip, zip.length - 22, two, zip.length, 22);
    place.refused(two);
    place.refused(new ZipMaker().bytes(bytes("#!/bin/sh\n")).file("f", "1").end());
    place.refused(new ZipMaker().bytes(bytes("PK\3\4 not an entry")).file("f", "1").end());
    byte[] gap =
        new ZipMaker().file("f", "1").bytes(ZipMaker.endRecord(0, 0, 0)).file("g", "2").end();
    place.unpack(gap);
    assertThat(place.target().resolve("g")).hasContent("2");
  }

  @Test
  void x27ADirectoryThatCountsWrongIsRefused() {
    byte[] zip = new ZipMaker().file("f", "1").file("g", "2").end();
    zip[zip.length - 14] = 1;
    zip[zip.length - 12] = 1;
    assertThat(place.refused(zip))
        .endsWith("the zip directory holds 2 headers where 1 are announced");
  }

  @Test
  void x28EncryptedAndUnknownMethodsAreUnsupported() {
    ZipMaker.Entry encrypted = ZipMaker.stored("f", bytes("secret"));
    encrypted.flags = 1;
    assertThat(place.refused(new ZipMaker().add(encrypted).end()))
        .endsWith("unsupported: member 'f' is encrypted");
    for (int method : new int[] {1, 9, 12, 14, 93, 95, 99, 12345}) {
      ZipMaker.Entry entry = ZipMaker.stored("f", bytes("data"));
      entry.method = method;
      entry.localMethod = method;
      assertThat(place.refused(new ZipMaker().add(entry).end()))
          .contains("unsupported: member 'f' is compressed with method " + method);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
