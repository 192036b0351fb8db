package io.mlserve.archive;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;

/** Honest archives in every format, made by libraries that are not ours. */
final class Packed {
  private Packed() {}

  /** A small model folder: text, noise and an empty file. */
  static Map<String, byte[]> model() {
    byte[] noise = new byte[9000];
    new Random(7).nextBytes(noise);
    Map<String, byte[]> files = new TreeMap<>();
    files.put("model/model.onnx", noise);
    files.put("model/labels.txt", "cat\ndog\n".repeat(300).getBytes(StandardCharsets.UTF_8));
    files.put("model/assets/empty", new byte[0]);
    files.put("model/assets/mod\u00e8le-\u6a21\u578b.bin", new byte[] {1, 2, 3});
    return files;
  }

  static byte[] of(Format format, Map<String, byte[]> files) {
    return format == Format.ZIP ? zip(files) : compress(format, tar(files));
  }

  static byte[] tar(Map<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, 512, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
      tar.finish();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] zip(Map<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        zip.putArchiveEntry(new ZipArchiveEntry(file.getKey()));
        zip.write(file.getValue());
        zip.closeArchiveEntry();
      }
      zip.finish();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] compress(Format format, byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = compressor(format, bytes)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static OutputStream compressor(Format format, OutputStream out) throws IOException {
    return switch (format) {
      case TAR, ZIP -> out;
      case TAR_GZ -> new GzipCompressorOutputStream(out);
      case TAR_BZ2 -> new BZip2CompressorOutputStream(out);
      case TAR_XZ -> new XZCompressorOutputStream(out);
      case TAR_ZST -> new ZstdOutputStream(out).setChecksum(true);
    };
  }
}
