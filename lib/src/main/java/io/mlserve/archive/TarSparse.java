package io.mlserve.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where the stored bytes of a sparse file belong: the old GNU map and the PAX maps 0.1 and 1.0,
 * which GNU tar and bsdtar write. What lies between is zeros.
 */
final class TarSparse {
  private static final int BLOCK = TarHeader.BLOCK;
  private static final int PAIR = 24;

  private final long size;
  private final List<Piece> pieces;

  private record Piece(long offset, long length) {}

  /** Gives the next block of a map. */
  interface Blocks {
    byte[] next() throws IOException;
  }

  private TarSparse(long size, List<Piece> pieces) {
    this.size = size;
    this.pieces = pieces;
  }

  static boolean isSparse(TarHeader header, TarExtensions extensions) {
    return header.type() == 'S'
        || extensions.text("GNU.sparse.map").isPresent()
        || extensions.text("GNU.sparse.major").isPresent()
        || extensions.text("GNU.sparse.size").isPresent();
  }

  /** Reads the map that comes before, or at the start of, the stored bytes in {@code body}. */
  static TarSparse read(TarHeader header, TarExtensions extensions, Blocks blocks, InputStream body)
      throws IOException {
    if (header.type() == 'S') {
      return oldGnu(header.block(), blocks).checked(header.size());
    }
    if (extensions.text("GNU.sparse.major").isPresent()) {
      return pax10(extensions, body);
    }
    String map =
        extensions
            .text("GNU.sparse.map")
            .orElseThrow(() -> Refusal.unsupported("sparse files in PAX format 0.0"));
    return new TarSparse(size(extensions, "GNU.sparse.size"), pairs(List.of(map.split(",", -1))))
        .checked(header.size());
  }

  /** Bytes of the file, holes included. */
  long size() {
    return size;
  }

  /** The whole file, made from its {@code stored} bytes. */
  InputStream fill(InputStream stored) {
    return new Filled(stored);
  }

  private static TarSparse oldGnu(byte[] header, Blocks blocks) throws IOException {
    List<Piece> pieces = new ArrayList<>();
    addPairs(header, 386, 4, pieces);
    boolean more = header[482] != 0;
    while (more) {
      byte[] block = blocks.next();
      addPairs(block, 0, 21, pieces);
      more = block[504] != 0;
    }
    return new TarSparse(TarHeader.number(header, 483, 12), pieces);
  }

  private static void addPairs(byte[] block, int at, int count, List<Piece> pieces) {
    for (int i = 0; i < count && block[at + i * PAIR] != 0; i++) {
      int pair = at + i * PAIR;
      pieces.add(
          new Piece(TarHeader.number(block, pair, 12), TarHeader.number(block, pair + 12, 12)));
    }
  }

  // The map is text at the start of the data: a count, then the pairs, each number on its line.
  private static TarSparse pax10(TarExtensions extensions, InputStream body) throws IOException {
    LineReader lines = new LineReader(body);
    long count = TarExtensions.decimal(lines.next());
    List<String> numbers = new ArrayList<>();
    for (long i = 0; i < 2 * count; i++) {
      numbers.add(lines.next());
    }
    return new TarSparse(size(extensions, "GNU.sparse.realsize"), pairs(numbers)).checked(-1);
  }

  private static long size(TarExtensions extensions, String key) {
    OptionalLong size = extensions.number(key);
    return size.orElseThrow(() -> Refusal.damaged("a sparse file does not say its size"));
  }

  private static List<Piece> pairs(List<String> numbers) {
    if (numbers.size() % 2 != 0) {
      throw Refusal.damaged("a sparse map ends in the middle of a pair");
    }
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i += 2) {
      pieces.add(
          new Piece(
              TarExtensions.decimal(numbers.get(i)), TarExtensions.decimal(numbers.get(i + 1))));
    }
    return pieces;
  }

  // Pieces in order, apart, inside the file; together as long as what is stored, if that is known.
  private TarSparse checked(long stored) {
    long end = 0;
    long sum = 0;
    for (Piece piece : pieces) {
      if (piece.offset < end || piece.length > size || piece.offset > size - piece.length) {
        throw Refusal.damaged("a sparse map has pieces that overlap or lie outside the file");
      }
      end = piece.offset + piece.length;
      sum += piece.length;
    }
    if (stored >= 0 && sum != stored) {
      throw Refusal.damaged("a sparse map covers " + sum + " bytes of " + stored);
    }
    return this;
  }

  /**
   * Reads blocks of {@code body} and hands out lines; what follows in the last block is padding.
   */
  private static final class LineReader {
    private static final int LONGEST_MAP = 1 << 20;

    private final InputStream body;
    private byte[] block = {};
    private int at;
    private int total;

    LineReader(InputStream body) {
      this.body = body;
    }

    String next() throws IOException {
      StringBuilder line = new StringBuilder();
      for (byte b = nextByte(); b != '\n'; b = nextByte()) {
        line.append((char) (b & 0xff));
        if (line.length() > 20) {
          throw Refusal.damaged("a sparse map holds no numbers");
        }
      }
      return line.toString();
    }

    private byte nextByte() throws IOException {
      if (at == block.length) {
        block = body.readNBytes(BLOCK);
        at = 0;
        total += BLOCK;
        if (block.length < BLOCK || total > LONGEST_MAP) {
          throw Refusal.damaged("a sparse map does not end");
        }
      }
      return block[at++];
    }
  }

  private final class Filled extends InputStream {
    private final InputStream stored;
    private int piece;
    private long position;

    Filled(InputStream stored) {
      this.stored = stored;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (position == size) {
        return -1;
      }
      while (piece < pieces.size()
          && position == pieces.get(piece).offset + pieces.get(piece).length) {
        piece++;
      }
      long hole = (piece < pieces.size() ? pieces.get(piece).offset : size) - position;
      int got = hole > 0 ? zeros(buffer, offset, (int) Math.min(hole, length)) : 0;
      if (hole == 0) {
        Piece now = pieces.get(piece);
        long left = now.offset + now.length - position;
        got = stored.read(buffer, offset, (int) Math.min(left, length));
        if (got < 0) {
          throw Refusal.damaged("a sparse file stores less than its map says");
        }
      }
      position += got;
      return got;
    }

    private static int zeros(byte[] buffer, int offset, int count) {
      Arrays.fill(buffer, offset, offset + count, (byte) 0);
      return count;
    }
  }
}
