package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A SHA-256 digest.
 *
 * @param hex 64 digits in lower case
 */
public record Checksum(String hex) {
  private static final Pattern FORM = Pattern.compile("(?:sha256[:=])?([0-9a-fA-F]{64})");
  private static final int BUFFER = 1 << 16;

  /** Of {@code <hex>}, {@code sha256:<hex>} or {@code sha256=<hex>}; else INVALID_ARGUMENT. */
  public static Checksum parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "checksum '" + text + "' (expected: 64 hex digits)");
    }
    return new Checksum(form.group(1).toLowerCase(Locale.ROOT));
  }

  public static Checksum of(byte[] bytes) {
    return of(digest(), bytes);
  }

  private static Checksum of(MessageDigest digest, byte[] bytes) {
    digest.update(bytes);
    return end(digest);
  }

  /** Of what {@code file} holds now. */
  public static Checksum of(Path file) throws IOException {
    MessageDigest digest = digest();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return end(digest);
  }

  static Checksum end(MessageDigest digest) {
    return new Checksum(HexFormat.of().formatHex(digest.digest()));
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The digits. */
  @Override
  public String toString() {
    return hex;
  }
}
