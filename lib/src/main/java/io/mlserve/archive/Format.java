package io.mlserve.archive;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What an archive is, by its first bytes and never by its name. */
public enum Format {
  TAR("tar"),
  TAR_GZ("tar.gz"),
  TAR_BZ2("tar.bz2"),
  TAR_XZ("tar.xz"),
  TAR_ZST("tar.zst"),
  ZIP("zip");

  /** How many bytes {@link #of} wants to see: one tar header. */
  public static final int HEAD = 512;

  // Latin-1, so that one char is one byte.
  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("7z\u00bc\u00af'\u001c", "a 7z archive"),
          Map.entry("Rar!\u001a\u0007", "a RAR archive"),
          Map.entry("\u007fELF", "an ELF program or library"),
          Map.entry("%PDF", "a PDF document"),
          Map.entry("\u0004\"M\u0018", "LZ4 data"),
          Map.entry("\u00ff\u0006\u0000\u0000sNaPpY", "Snappy data"),
          Map.entry("LZIP", "lzip data"),
          Map.entry("\u001f\u009d", "data of 'compress'"),
          Map.entry("MSCF", "a Windows cabinet"),
          Map.entry("!<arch>", "an 'ar' archive or Debian package"),
          Map.entry("070701", "a cpio archive"),
          Map.entry("070707", "a cpio archive"),
          Map.entry("\u0089HDF", "an HDF5 file (a Keras model?)"),
          Map.entry("\u0089PNG", "a PNG image"),
          Map.entry("MZ", "a Windows program"),
          Map.entry("#!", "a script"),
          Map.entry("version https://git-lfs", "a Git LFS pointer, not the file it points to"));

  private final String text;

  Format(String text) {
    this.text = text;
  }

  /**
   * What {@code head} starts, seen from outside: a compressed tar is named so although what is
   * inside remains to be seen. Empty if it is none of ours.
   */
  public static Optional<Format> of(byte[] head) {
    String start = new String(head, StandardCharsets.ISO_8859_1);
    if (start.startsWith("\u001f\u008b")) {
      return Optional.of(TAR_GZ);
    }
    if (start.startsWith("BZh")) {
      return Optional.of(TAR_BZ2);
    }
    if (start.startsWith("\u00fd7zXZ\u0000")) {
      return Optional.of(TAR_XZ);
    }
    if (start.startsWith("(\u00b5/\u00fd") || start.matches("(?s)[P-_]\\*M\u0018.*")) {
      return Optional.of(TAR_ZST);
    }
    if (start.startsWith("PK\u0003\u0004") || start.startsWith("PK\u0005\u0006")) {
      return Optional.of(ZIP);
    }
    return looksLikeTar(head) ? Optional.of(TAR) : Optional.empty();
  }

  // A header with a right sum, or zeros, which is how a tar of nothing starts.
  private static boolean looksLikeTar(byte[] head) {
    if (head.length == HEAD && (TarHeader.isZero(head) || TarHeader.hasRightSum(head))) {
      return true;
    }
    return head.length >= 262
        && new String(head, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar");
  }

  /** What else {@code head} looks like, as the end of a sentence. */
  static String describe(byte[] head) {
    String start = new String(head, StandardCharsets.ISO_8859_1);
    for (Map.Entry<String, String> other : OTHERS.entrySet()) {
      if (start.startsWith(other.getKey())) {
        return "looks like " + other.getValue();
      }
    }
    String text = start.strip().toLowerCase(Locale.ROOT);
    if (text.startsWith("<!doctype html") || text.startsWith("<html") || text.startsWith("<head")) {
      return "looks like HTML, perhaps the error page of a proxy or a login";
    }
    if (text.startsWith("<?xml") || text.startsWith("<error")) {
      return "looks like XML, perhaps the error message of a store";
    }
    if ((text.startsWith("{") || text.startsWith("["))
        && text.chars().allMatch(c -> c >= ' ' || c == '\n' || c == '\r' || c == '\t')) {
      return "looks like JSON, perhaps the error message of a server";
    }
    // An ONNX file starts with its ir_version (field 1), then the producer or the next field.
    if (start.matches("(?s)\u0008[\u0001-\u001f][\u0012:\u001a\"(0B].*")) {
      return "looks like a bare ONNX model, which needs no unpacking";
    }
    return "its content is not known";
  }

  /** As users write it: {@code tar.gz}. */
  @Override
  public String toString() {
    return text;
  }
}
