package io.mlserve.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Reads a tar stream to its last byte: old, ustar, GNU and PAX members, sparse files included.
 *
 * <p>It is our own because the reader of commons-compress forgives what must be refused here: it
 * takes a missing end marker for the end, does not verify header checksums, drops the leading slash
 * of long names, replaces invalid UTF-8, and puts a long-name record of any size into memory.
 */
final class TarReader {
  private static final int BLOCK = TarHeader.BLOCK;
  // Enough for a path, a sparse map of thousands of holes and the usual extended attributes.
  private static final long LONGEST_EXTENSION = 1 << 20;
  private static final long LARGEST_OCTAL = 0x1_ffff_ffffL;

  private final InputStream in;
  private final byte[] block = new byte[BLOCK];
  private final TarExtensions extensions = new TarExtensions();
  private long extensionBytes;

  TarReader(InputStream in) {
    this.in = in;
  }

  void read(MemberVisitor visitor) throws IOException {
    readBlock("the end-of-archive marker is missing");
    while (!TarHeader.isZero(block)) {
      TarHeader header = TarHeader.parse(block);
      switch (header.type()) {
        case 'L' -> extensions.longName(record(header));
        case 'K' -> record(header); // names the target of a link, which is refused below
        case 'x', 'X' -> extensions.pax(record(header));
        case 'g' -> extensions.globalPax(record(header));
        default -> {
          member(header, visitor);
          extensions.nextMember();
          extensionBytes = 0;
        }
      }
      readBlock("the end-of-archive marker is missing");
    }
    readBlock("the end-of-archive marker is half there");
    if (!TarHeader.isZero(block)) {
      throw Refusal.damaged("a lone block of zeros between tar members");
    }
    drain();
  }

  private void member(TarHeader header, MemberVisitor visitor) throws IOException {
    String name = EntryPath.decode(extensions.name().orElse(header.name()));
    switch (header.type()) {
      case '0', '\0', '7', 'S' -> fileOrOldFolder(header, name, visitor);
      case '5' -> folder(header, name, visitor);
      case '1' -> throw Refusal.unsafe(name, "is a hard link");
      case '2' -> throw Refusal.unsafe(name, "is a symbolic link");
      case '3' -> throw Refusal.unsafe(name, "is a character device");
      case '4' -> throw Refusal.unsafe(name, "is a block device");
      case '6' -> throw Refusal.unsafe(name, "is a FIFO");
      default ->
          throw Refusal.unsafe(
              name, "is of the unknown kind " + SafeText.quote(String.valueOf(header.type())));
    }
  }

  private void folder(TarHeader header, String name, MemberVisitor visitor) throws IOException {
    if (size(header, name) != 0) {
      throw Refusal.unsafe(name, "is a folder with content of its own");
    }
    visitor.folder(name);
  }

  // Before ustar a folder was a file whose name ends with a slash.
  private void fileOrOldFolder(TarHeader header, String name, MemberVisitor visitor)
      throws IOException {
    if (name.endsWith("/")) {
      folder(header, name, visitor);
      return;
    }
    Body stored = new Body(size(header, name));
    if (TarSparse.isSparse(header, extensions)) {
      TarSparse map = TarSparse.read(header, extensions, this::mapBlock, stored);
      visitor.file(name, map.size(), map.fill(stored));
    } else {
      visitor.file(name, stored.left, stored);
    }
    if (stored.left > 0) {
      throw Refusal.damaged("tar member " + SafeText.quote(name) + " holds more than it says");
    }
    skipPadding(stored.size);
  }

  // Two sizes that differ mean two readers see two archives; only an overflowed field may differ.
  private long size(TarHeader header, String name) {
    OptionalLong pax = extensions.size();
    if (pax.isEmpty() || pax.getAsLong() == header.size()) {
      return header.size();
    }
    if (header.size() != 0 && header.size() != LARGEST_OCTAL) {
      throw Refusal.unsafe(name, "has two sizes: " + header.size() + " and " + pax.getAsLong());
    }
    return pax.getAsLong();
  }

  private byte[] record(TarHeader header) throws IOException {
    countExtension(BLOCK);
    countExtension(header.size());
    byte[] record = new byte[(int) header.size()];
    readFully(record, "a name or attribute record is cut off");
    skipPadding(record.length);
    return record;
  }

  /** One block of a sparse map, counted as part of the headers. */
  private byte[] mapBlock() throws IOException {
    countExtension(BLOCK);
    byte[] copy = new byte[BLOCK];
    readFully(copy, "a sparse map is cut off");
    return copy;
  }

  private void countExtension(long count) {
    if (count > LONGEST_EXTENSION - extensionBytes) {
      throw Refusal.damaged(
          "a tar member has more than " + LONGEST_EXTENSION + " bytes of headers");
    }
    extensionBytes += count;
  }

  private void drain() throws IOException {
    byte[] rest = new byte[1 << 16];
    for (int got = in.read(rest); got >= 0; got = in.read(rest)) {
      for (int i = 0; i < got; i++) {
        if (rest[i] != 0) {
          throw Refusal.damaged("data after the end of the tar archive");
        }
      }
    }
  }

  private void skipPadding(long size) throws IOException {
    int padding = (int) (-size & (BLOCK - 1));
    readFully(Arrays.copyOf(block, padding), "the last member is cut off");
  }

  private void readBlock(String missing) throws IOException {
    readFully(block, missing);
  }

  private void readFully(byte[] bytes, String missing) throws IOException {
    if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
      throw new EOFException(missing);
    }
  }

  /** The stored bytes of one member. */
  private final class Body extends InputStream {
    private final long size;
    private long left;

    Body(long size) {
      this.size = size;
      this.left = size;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int got = in.read(buffer, offset, (int) Math.min(length, left));
      if (got < 0) {
        throw new EOFException("a member is cut off with " + left + " bytes to come");
      }
      left -= got;
      return got;
    }
  }
}
