package io.mlserve.archive;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.MlserveException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Finds out what an archive is and reads all of it. */
final class ArchiveReader {
  private static final int BUFFER = 1 << 17;

  private final Meter meter;
  private final Path spool;

  /**
   * {@code spool} names a file that does not exist yet; it is written only for a zip that is no
   * regular file, because the directory that decides stands at its end. The caller removes it.
   */
  ArchiveReader(Meter meter, Path spool) {
    this.meter = meter;
    this.spool = spool;
  }

  /**
   * Shows every member to {@code visitor}, verifies everything that can be, and says what it was.
   */
  Format read(Source source, MemberVisitor visitor) throws IOException {
    // Mark and reset, because gzip looks for it to find its next member.
    BufferedInputStream in = new BufferedInputStream(source.bytes(), BUFFER);
    in.mark(Format.HEAD);
    byte[] head = in.readNBytes(Format.HEAD);
    in.reset();
    if (head.length == 0) {
      throw Refusal.damaged("the archive is empty");
    }
    Format format = Format.of(head).orElseThrow(() -> notAnArchive(head));
    switch (format) {
      case ZIP -> new ZipReader(file(source, in), meter).read(visitor);
      case TAR -> new TarReader(Codec.open(format, in, meter)).read(visitor);
      case TAR_GZ, TAR_BZ2, TAR_XZ, TAR_ZST -> readCompressed(format, in, visitor);
    }
    return format;
  }

  private void readCompressed(Format format, InputStream in, MemberVisitor visitor)
      throws IOException {
    try (InputStream plain = Codec.open(format, in, meter)) {
      PushbackInputStream inner = new PushbackInputStream(plain, Format.HEAD);
      byte[] head = inner.readNBytes(Format.HEAD);
      inner.unread(head);
      Optional<Format> content = Format.of(head);
      if (content.isEmpty()) {
        throw Refusal.unsupported(
            "compressed data that is no tar archive (" + Format.describe(head) + ")");
      }
      if (content.get() != Format.TAR) {
        throw Refusal.unsupported("a " + content.get() + " that is compressed once more");
      }
      new TarReader(inner).read(visitor);
    }
  }

  private static MlserveException notAnArchive(byte[] head) {
    return Refusal.unsupported(
        "not an archive, "
            + Format.describe(head)
            + " (expected: tar, tar.gz, tar.bz2, tar.xz, tar.zst or zip)");
  }

  private Path file(Source source, InputStream in) throws IOException {
    if (source.file().isPresent()) {
      return source.file().get();
    }
    byte[] buffer = new byte[BUFFER];
    long total = 0;
    try (OutputStream out = open()) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        total += got;
        if (total > meter.maxBytes()) {
          throw Refusal.limit("is itself larger than " + meter.maxBytes() + " bytes (the limit)");
        }
        write(out, buffer, got);
      }
    }
    return spool;
  }

  private OutputStream open() {
    try {
      return Files.newOutputStream(spool, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw DiskFailure.of("cannot create " + SafeText.quote(spool), e);
    }
  }

  private void write(OutputStream out, byte[] buffer, int count) {
    try {
      out.write(buffer, 0, count);
    } catch (IOException e) {
      throw DiskFailure.of("cannot write " + SafeText.quote(spool), e);
    }
  }
}
