package io.mlserve.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Archives that would fill the disk, the memory or the day. */
class LimitsTest {
  private static final UnpackLimits DEFAULTS = UnpackLimits.DEFAULTS;

  @TempDir Path root;
  private Place place;

  @BeforeEach
  void makePlace() {
    place = new Place(root);
  }

  @ParameterizedTest
  @EnumSource(
      value = Format.class,
      names = {"TAR_GZ", "TAR_BZ2", "TAR_XZ", "TAR_ZST", "ZIP"})
  void x19ABombIsStoppedByItsRatio(Format format) {
    byte[] zeros = new byte[66 << 20];
    byte[] bomb =
        format == Format.ZIP
            ? new ZipMaker().add(ZipMaker.deflated("bomb", zeros)).end()
            : Packed.compress(format, new TarMaker().file("bomb", zeros).end());
    assertThat(place.limited(bomb, DEFAULTS)).endsWith("(limit: 100 times as many)");
  }

  @Test
  void x19TheDiskNeverHoldsMoreThanTheLimit() {
    byte[] bomb =
        Packed.compress(Format.TAR_GZ, new TarMaker().file("bomb", new byte[66 << 20]).end());
    long[] most = {0};
    InputStream watched =
        new ByteArrayInputStream(bomb) {
          @Override
          public synchronized int read(byte[] buffer, int offset, int length) {
            most[0] = Math.max(most[0], used());
            return super.read(buffer, offset, Math.min(length, 500));
          }
        };
    place.limited(watched, DEFAULTS);
    assertThat(most[0]).isBetween(40L << 20, UnpackLimits.FREE_BYTES + (1 << 17));
  }

  @Test
  void x20AZipEntryIsReadNoFurtherThanItsSize() {
    ZipMaker.Entry liar = ZipMaker.deflated("f", new byte[40 << 20]);
    liar.size = 10;
    liar.localSize = 10;
    assertThat(place.refused(new ZipMaker().file("good", "1").add(liar).end()))
        .endsWith("member 'f' has more bytes than the 10 it announces");
  }

  private long used() {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).mapToLong(path -> path.toFile().length()).sum();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void x19GzipOfEndlessZerosIsStopped() {
    byte[] zeros = gzipOfZeros(200L << 20);
    assertThat(place.limited(zeros, DEFAULTS)).endsWith("(limit: 100 times as many)");
  }

  private static byte[] gzipOfZeros(long count) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      byte[] zeros = new byte[1 << 20];
      for (long left = count; left > 0; left -= zeros.length) {
        gzip.write(zeros);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  @Test
  void x19OverlappingZipEntriesAreRefused() {
    ZipMaker.Entry kernel = ZipMaker.deflated("a", new byte[1 << 20]);
    assertThat(place.refused(new ZipMaker().add(kernel).alias(kernel).end()))
        .endsWith("shares its bytes with another entry");
    ZipMaker inner = new ZipMaker().file("inner", "content");
    byte[] quoted = Arrays.copyOf(inner.end(), 30 + "inner".length() + "content".length());
    ZipMaker.Entry outer = ZipMaker.stored("outer", quoted);
    ZipMaker.Entry hidden = ZipMaker.stored("inner", bytes("content"));
    hidden.offset = 30 + "outer".length();
    place.refused(new ZipMaker().add(outer).alias(hidden).end());
  }

  @Test
  void x20AnAnnouncedSizeAboveTheLimitIsRefusedBeforeItCosts() {
    byte[] header = TarMaker.header("huge", '0', 0);
    TarMaker.put(header, 124, new byte[] {(byte) 0x80, 0, 0, 0, 0x7f, -1, -1, -1, -1, -1, -1, -1});
    byte[] tar = new TarMaker().file("good", "1").member(TarMaker.sum(header), bytes("")).end();
    place.limited(tar, DEFAULTS);
    place.limited(new TarMaker().pax("size=9223372036854775").file("f", "").end(), DEFAULTS);
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void bytesAreLimitedOverAllFiles(Format format) {
    byte[] archive = Packed.of(format, Packed.model());
    long bytes = Packed.model().values().stream().mapToLong(content -> content.length).sum();
    assertThat(place.limited(archive, new UnpackLimits(bytes - 1, 100, 10, 10)))
        .endsWith("unpacks to more than " + (bytes - 1) + " bytes (the limit)");
    new Unpacker(new UnpackLimits(bytes, 100, 6, 3))
        .unpack(place.archive(archive), place.target(), UnpackOptions.DEFAULTS);
    place.holds(Packed.model());
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void entriesAndTheFoldersTheyImplyAreLimited(Format format) {
    // 4 files, and model/ and model/assets/
    byte[] archive = Packed.of(format, Packed.model());
    assertThat(place.limited(archive, new UnpackLimits(1 << 20, 100, 5, 3)))
        .endsWith("holds more than 5 entries (the limit)");
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void depthIsLimited(Format format) {
    byte[] archive = Packed.of(format, Packed.model());
    assertThat(place.limited(archive, new UnpackLimits(1 << 20, 100, 100, 2)))
        .contains("lies 3 names deep (limit: 2)");
  }

  @Test
  void x21EndlessEmptyFilesAreStopped() {
    InputStream endless = endless(i -> TarMaker.header("f" + i, '0', 0));
    assertThatThrownBy(() -> new Unpacker(DEFAULTS).list(endless, "endless", member -> {}))
        .hasMessageEndingWith("holds more than 100000 entries (the limit)");
    place.limited(
        endless(i -> TarMaker.header("f" + i, '0', 0)), new UnpackLimits(10, 100, 500, 10));
  }

  @Test
  void x21TheSameFolderWithoutEndIsStopped() {
    InputStream endless = endless(i -> TarMaker.header("./", '5', 0));
    assertThatThrownBy(() -> new Unpacker(DEFAULTS).list(endless, "endless", member -> {}))
        .hasMessageEndingWith("holds more than 100000 entries (the limit)");
  }

  @Test
  void x21FoldersTenThousandDeepAreRefused() {
    place.refused(new TarMaker().longName("d/".repeat(10_000) + "f").file("f", "1").end());
    place.limited(new TarMaker().longName("d/".repeat(33) + "f").file("f", "1").end(), DEFAULTS);
  }

  private static InputStream endless(LongFunction<byte[]> blocks) {
    return new InputStream() {
      private byte[] block = {};
      private int at;
      private long count;

      @Override
      public int read() {
        if (at == block.length) {
          block = blocks.apply(count++);
          at = 0;
        }
        return block[at++] & 0xff;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) {
        buffer[offset] = (byte) read();
        int got = Math.min(length - 1, block.length - at);
        System.arraycopy(block, at, buffer, offset + 1, got);
        at += got;
        return got + 1;
      }
    };
  }

  @ParameterizedTest
  @EnumSource(RecordKind.class)
  void x22NameRecordsOfAnySizeCostNoMemory(RecordKind kind) {
    byte[] twoGiB = TarMaker.header("././@LongLink", kind.type, 2L << 30);
    byte[] eightEiB = TarMaker.header("././@LongLink", kind.type, 0);
    TarMaker.put(
        eightEiB, 124, new byte[] {(byte) 0x80, 0, 0, 0, 0x7f, -1, -1, -1, -1, -1, -1, -1});
    TarMaker.sum(eightEiB);
    for (byte[] header : new byte[][] {twoGiB, eightEiB}) {
      InputStream endless =
          new SequenceInputStream(
              new ByteArrayInputStream(header),
              endless(i -> "n".repeat(512).getBytes(StandardCharsets.UTF_8)));
      assertThatThrownBy(() -> new Unpacker(DEFAULTS).list(endless, "endless", member -> {}))
          .hasMessageEndingWith("a tar member has more than 1048576 bytes of headers");
    }
  }

  /** The records that come before a member. */
  enum RecordKind {
    LONG_NAME('L'),
    LONG_LINK('K'),
    PAX('x'),
    GLOBAL_PAX('g');

    final char type;

    RecordKind(char type) {
      this.type = type;
    }
  }

  @Test
  void x22RecordsWithoutEndAreStopped() {
    InputStream endless = endless(i -> TarMaker.header("x", 'x', 0));
    assertThatThrownBy(() -> new Unpacker(DEFAULTS).list(endless, "endless", member -> {}))
        .hasMessageEndingWith("a tar member has more than 1048576 bytes of headers");
  }

  @Test
  void x22AGzipHeaderWithoutEndIsStopped() {
    byte[] start = {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 0};
    InputStream endless =
        new SequenceInputStream(
            new ByteArrayInputStream(start),
            endless(i -> "n".repeat(512).getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> new Unpacker(DEFAULTS).list(endless, "endless", member -> {}))
        .hasMessageEndingWith("bytes of the archive hold no content");
  }

  @Test
  void x23SparseFilesCountWithTheirHoles() {
    byte[] header = sparse("huge", 1L << 40, 0, 1024, 1024);
    byte[] tar = new TarMaker().member(header, new byte[1024]).end();
    assertThat(place.limited(tar, DEFAULTS)).contains("unpacks to more than");
    byte[] bomb =
        new TarMaker().member(sparse("huge", 1L << 30, 0, 1024, 1024), new byte[1024]).end();
    assertThat(place.limited(bomb, DEFAULTS)).endsWith("(limit: 100 times as many)");
    byte[] pax =
        new TarMaker()
            .pax("GNU.sparse.map=0,3", "GNU.sparse.size=1099511627776", "GNU.sparse.name=huge")
            .file("x", "abc")
            .end();
    place.limited(pax, DEFAULTS);
  }

  @Test
  void x23SparseMapsThatLieAreRefused() {
    place.refused(new TarMaker().member(sparse("f", 100, 90, 20, 20), new byte[20]).end());
    place.refused(new TarMaker().member(sparse("f", 100, 0, 30, 20), new byte[20]).end());
    for (String map : new String[] {"0,1,0,1,2,1", "0", "0,-3", "5,4", "9223372036854775,3"}) {
      place.refused(
          new TarMaker().pax("GNU.sparse.map=" + map, "GNU.sparse.size=6").file("f", "abc").end());
    }
  }

  private static byte[] sparse(String name, long size, long offset, int length, int stored) {
    byte[] header = TarMaker.header(name, 'S', stored);
    TarMaker.put(header, 257, bytes("ustar  \0"));
    TarMaker.put(header, 386, bytes(String.format("%011o\0%011o\0", offset, length)));
    TarMaker.put(header, 410, new byte[24]);
    TarMaker.put(header, 483, number(size));
    return TarMaker.sum(header);
  }

  private static byte[] number(long size) {
    byte[] field = new byte[12];
    for (int i = 11; i >= 4; i--) {
      field[i] = (byte) (size >> (8 * (11 - i)));
    }
    field[0] = (byte) 0x80;
    return field;
  }

  @Test
  void x28XzThatNeedsMuchMemoryIsRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // The encoder would need gigabytes: write a small stream, then claim the large dictionary.
    try (XZOutputStream xz = new XZOutputStream(bytes, new LZMA2Options(0))) {
      xz.write(new TarMaker().file("f", "1").end());
    }
    byte[] claims = bytes.toByteArray();
    claims[16] = (byte) 36; // dictionary size byte of LZMA2: 1 GiB
    CRC32 crc = new CRC32();
    crc.update(claims, 12, 8);
    for (int i = 0; i < 4; i++) {
      claims[20 + i] = (byte) (crc.getValue() >> (8 * i));
    }
    assertThat(place.limited(claims, DEFAULTS)).contains("KiB of memory to decompress");
  }

  @Test
  void x37AFullDiskIsALimitAndLeavesNothing() {
    for (String words :
        new String[] {"No space left on device", "Disk quota exceeded", "File too large"}) {
      MlserveException failure =
          DiskFailure.of("cannot write " + SafeText.quote("f"), new IOException(words));
      assertThat(failure.code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED);
      assertThat(failure.message()).isEqualTo("cannot write 'f': " + words);
    }
  }

  @Test
  void limitsBelowOneAreRefused() {
    assertThatThrownBy(() -> new UnpackLimits(1, 0, 1, 1))
        .hasMessage("limit on the ratio is 0 (expected: at least 1)");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
