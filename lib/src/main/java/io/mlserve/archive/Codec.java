package io.mlserve.archive;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.MemoryLimitException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;

/** Opens the decompressor of a format: all members of the stream, to its last byte, counted. */
final class Codec {
  // xz -9 needs 65 MiB. zstd refuses windows above 128 MiB by itself.
  private static final int XZ_MEMORY_KIB = 128 << 10;

  private Codec() {}

  /** The plain bytes of {@code in}, both sides counted by {@code meter}. */
  static InputStream open(Format format, InputStream in, Meter meter) throws IOException {
    try {
      return switch (format) {
        case TAR, ZIP -> new Counted(in, meter, false);
        case TAR_GZ ->
            decoded(
                GzipCompressorInputStream.builder()
                    .setInputStream(source(in, meter))
                    .setDecompressConcatenated(true)
                    .get(),
                meter);
        case TAR_BZ2 -> decoded(new BZip2CompressorInputStream(source(in, meter), true), meter);
        case TAR_XZ ->
            decoded(
                XZCompressorInputStream.builder()
                    .setInputStream(source(in, meter))
                    .setDecompressConcatenated(true)
                    .setMemoryLimitKiB(XZ_MEMORY_KIB)
                    .get(),
                meter);
        case TAR_ZST -> decoded(new ZstdCompressorInputStream(source(in, meter)), meter);
      };
    } catch (LinkageError e) {
      throw missingLibrary(format, e);
    }
  }

  private static InputStream source(InputStream in, Meter meter) {
    return new Counted(in, meter, true);
  }

  private static InputStream decoded(InputStream in, Meter meter) {
    return new Decoded(in, meter);
  }

  private static MlserveException missingLibrary(Format format, LinkageError cause) {
    return new MlserveException(
            ErrorCode.FAILED_PRECONDITION,
            "cannot read " + format + ": its library does not load (" + cause + ")",
            cause)
        .withHint(
            "native libraries are unpacked to java.io.tmpdir ("
                + System.getProperty("java.io.tmpdir")
                + "), which must be writable and not mounted noexec");
  }

  /** The archive's own bytes. */
  private static final class Counted extends FilterInputStream {
    private final Meter meter;
    private final boolean compressed;

    Counted(InputStream in, Meter meter, boolean compressed) {
      super(in);
      this.meter = meter;
      this.compressed = compressed;
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      count(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int got = super.read(buffer, offset, length);
      count(got);
      return got;
    }

    private void count(int got) {
      if (got > 0 && compressed) {
        meter.consumedCompressed(got);
      } else if (got > 0) {
        meter.consumed(got);
        meter.expanded(got);
      }
    }
  }

  /** What comes out of a decompressor. */
  private static final class Decoded extends FilterInputStream {
    private final Meter meter;

    Decoded(InputStream in, Meter meter) {
      super(in);
      this.meter = meter;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int got = decode(buffer, offset, length);
      if (got > 0) {
        meter.expanded(got);
      }
      return got;
    }

    private int decode(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (MemoryLimitException e) {
        throw Refusal.limit(
            "needs " + e.getMemoryNeededInKb() + " KiB of memory to decompress (limit: 131072)");
      } catch (MlserveException e) {
        throw e;
      } catch (RuntimeException e) {
        // Decompressors were not written for hostile input: an index out of range is damage too.
        throw Refusal.damaged("the decompressor failed", e);
      }
    }
  }
}
