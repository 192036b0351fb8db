package io.mlserve.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipMethod;
import org.jspecify.annotations.Nullable;

/**
 * Reads a zip file. The central directory decides what is in it; local headers must say the same,
 * entries must not share bytes, and the first one starts the file. Checksums are verified.
 */
final class ZipReader {
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_LENGTH = 30;
  private static final int DESCRIPTOR_LENGTH = 12;
  private static final int HAS_DESCRIPTOR = 1 << 3;
  private static final int ENCRYPTED = 1 | 1 << 6 | 1 << 13;
  private static final long IN_EXTRA_FIELD = 0xffff_ffffL;
  private static final int KIND = 0170000;
  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final Meter meter;

  ZipReader(Path file, Meter meter) {
    this.file = file;
    this.meter = meter;
  }

  void read(MemberVisitor visitor) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ZipEnd end = ZipEnd.read(channel, meter);
      try (ZipFile zip = open(channel)) {
        List<ZipArchiveEntry> entries = Collections.list(zip.getEntriesInPhysicalOrder());
        checkLayout(channel, entries, end);
        for (ZipArchiveEntry entry : entries) {
          member(zip, entry, visitor);
        }
      }
    }
  }

  private static ZipFile open(FileChannel channel) throws IOException {
    try {
      return ZipFile.builder()
          .setSeekableByteChannel(channel)
          .setCharset(StandardCharsets.UTF_8)
          .setIgnoreLocalFileHeader(true)
          .get();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw Refusal.damaged("the zip directory cannot be read", e);
    }
  }

  // All of it before the first byte is written: a lie found later would have cost disk and time.
  private static void checkLayout(FileChannel channel, List<ZipArchiveEntry> entries, ZipEnd end)
      throws IOException {
    long free = 0;
    for (ZipArchiveEntry entry : entries) {
      long at = entry.getLocalHeaderOffset();
      String name = name(entry);
      if (at != 0 && free == 0) {
        throw Refusal.damaged("the zip does not start with its first entry");
      }
      if (at < free) {
        throw Refusal.unsafe(name, "shares its bytes with another entry");
      }
      free = checkLocalHeader(channel, entry, name, end.offset());
    }
    if (entries.isEmpty() && end.offset() != 0) {
      throw Refusal.damaged("the zip does not start with its directory");
    }
  }

  // Returns where the entry ends.
  private static long checkLocalHeader(
      FileChannel channel, ZipArchiveEntry entry, String name, long limit) throws IOException {
    long at = entry.getLocalHeaderOffset();
    if (at < 0 || at > limit - LOCAL_LENGTH) {
      throw Refusal.unsafe(name, "lies outside the file");
    }
    ByteBuffer local = ZipEnd.bytes(channel, at, LOCAL_LENGTH);
    int nameLength = local.getShort(26) & 0xffff;
    long dataAt = at + LOCAL_LENGTH + nameLength + (local.getShort(28) & 0xffff);
    int flags = local.getShort(6) & 0xffff;
    if (local.getInt(0) != LOCAL || dataAt > limit) {
      throw Refusal.unsafe(name, "has no local header where the directory says");
    }
    byte[] localName = ZipEnd.bytes(channel, at + LOCAL_LENGTH, nameLength).array();
    if (!Arrays.equals(localName, entry.getRawName())
        || (local.getShort(8) & 0xffff) != entry.getMethod()
        || flags != entry.getRawFlag()
        || !agrees(local, flags, entry)) {
      throw Refusal.unsafe(name, "is described differently by its header and by the directory");
    }
    long descriptor = (flags & HAS_DESCRIPTOR) == 0 ? 0 : DESCRIPTOR_LENGTH;
    if (entry.getCompressedSize() < 0 || entry.getCompressedSize() > limit - dataAt - descriptor) {
      throw Refusal.unsafe(name, "is larger than the file");
    }
    return dataAt + entry.getCompressedSize() + descriptor;
  }

  private static boolean agrees(ByteBuffer local, int flags, ZipArchiveEntry entry) {
    if ((flags & HAS_DESCRIPTOR) != 0) {
      return true; // its sizes follow the data and are checked by reading
    }
    return (local.getInt(14) & 0xffff_ffffL) == entry.getCrc()
        && agrees(local.getInt(18) & 0xffff_ffffL, entry.getCompressedSize())
        && agrees(local.getInt(22) & 0xffff_ffffL, entry.getSize());
  }

  private static boolean agrees(long local, long central) {
    return local == central || local == IN_EXTRA_FIELD;
  }

  private void member(ZipFile zip, ZipArchiveEntry entry, MemberVisitor visitor)
      throws IOException {
    String name = name(entry);
    checkKind(entry, name);
    if (name.endsWith("/")) {
      if (entry.getSize() != 0) {
        throw Refusal.unsafe(name, "is a folder with content of its own");
      }
      visitor.folder(name);
      return;
    }
    checkReadable(entry, name);
    meter.consumed(entry.getCompressedSize());
    Inflater inflater = entry.getMethod() == ZipEntry.DEFLATED ? new Inflater(true) : null;
    try (InputStream raw = raw(zip, entry);
        Verified body = new Verified(raw, inflater, entry, name)) {
      visitor.file(name, entry.getSize(), body);
    } finally {
      if (inflater != null) {
        inflater.end();
      }
    }
  }

  private static InputStream raw(ZipFile zip, ZipArchiveEntry entry) throws IOException {
    InputStream raw = zip.getRawInputStream(entry);
    if (raw == null) {
      throw Refusal.damaged("an entry has no place in the zip");
    }
    return raw;
  }

  private static String name(ZipArchiveEntry entry) {
    return EntryPath.decode(entry.getRawName());
  }

  // Unix modes are believed whatever system claims to have written them.
  private static void checkKind(ZipArchiveEntry entry, String name) {
    int kind = (int) (entry.getExternalAttributes() >> 16) & KIND;
    switch (kind) {
      case 0, 0100000 -> {}
      case 0040000 -> {
        if (!name.endsWith("/")) {
          throw Refusal.unsafe(name, "is a folder with the name of a file");
        }
      }
      case 0120000 -> throw Refusal.unsafe(name, "is a symbolic link");
      case 0020000 -> throw Refusal.unsafe(name, "is a character device");
      case 0060000 -> throw Refusal.unsafe(name, "is a block device");
      case 0010000 -> throw Refusal.unsafe(name, "is a FIFO");
      case 0140000 -> throw Refusal.unsafe(name, "is a socket");
      default -> throw Refusal.unsafe(name, "is of an unknown kind");
    }
  }

  private static void checkReadable(ZipArchiveEntry entry, String name) {
    if ((entry.getRawFlag() & ENCRYPTED) != 0) {
      throw Refusal.unsupported("member " + SafeText.quote(name) + " is encrypted");
    }
    int method = entry.getMethod();
    if (method != ZipEntry.STORED && method != ZipEntry.DEFLATED) {
      throw Refusal.unsupported(
          "member "
              + SafeText.quote(name)
              + " is compressed with method "
              + method
              + methodName(method)
              + " (expected: stored or deflated)");
    }
    if (method == ZipEntry.STORED && entry.getSize() != entry.getCompressedSize()) {
      throw Refusal.unsafe(name, "is stored but has two sizes");
    }
  }

  private static String methodName(int code) {
    ZipMethod method = ZipMethod.getMethodByCode(code);
    return method == null || method == ZipMethod.UNKNOWN ? "" : " " + method;
  }

  /**
   * The content of an entry; its end is reached only if checksum and length of the data are right.
   */
  private static final class Verified extends FilterInputStream {
    private final InputStream raw;
    private final @Nullable Inflater inflater;
    private final ZipArchiveEntry entry;
    private final String name;
    private final CRC32 crc = new CRC32();

    Verified(InputStream raw, @Nullable Inflater inflater, ZipArchiveEntry entry, String name) {
      super(inflater == null ? raw : new InflaterInputStream(raw, inflater, BUFFER));
      this.raw = raw;
      this.inflater = inflater;
      this.entry = entry;
      this.name = name;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int got = super.read(buffer, offset, length);
      if (got > 0) {
        crc.update(buffer, offset, got);
      } else if (got < 0) {
        checkEnd();
      }
      return got;
    }

    private void checkEnd() throws IOException {
      if (crc.getValue() != entry.getCrc()) {
        throw Refusal.damaged("member " + SafeText.quote(name) + " does not have its checksum");
      }
      boolean rest =
          inflater == null ? raw.read() >= 0 : inflater.getRemaining() > 0 || raw.read() >= 0;
      if (rest) {
        throw Refusal.damaged("member " + SafeText.quote(name) + " ends before its data does");
      }
    }
  }
}
