package io.mlserve.remote;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Percent-encoding of paths, RFC 3986, always UTF-8. */
final class PercentCoding {
  // unreserved, sub-delims, and what a path may hold besides
  private static final String PLAIN =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private PercentCoding() {}

  /** Encodes a plain path; slashes stay, a percent sign becomes {@code %25}. */
  static String encode(String plain) {
    return encode(plain, PLAIN);
  }

  /** Encodes what a path may not hold and leaves what is encoded already. */
  static String complete(String partlyEncoded) {
    return encode(partlyEncoded, PLAIN + '%');
  }

  /** The same, leaving also the characters of {@code kept}. */
  static String complete(String partlyEncoded, String kept) {
    return encode(partlyEncoded, PLAIN + '%' + kept);
  }

  private static String encode(String text, String kept) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && kept.indexOf(b) >= 0) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  /** {@code IllegalArgumentException} if a percent sign is not followed by two hex digits. */
  static String decode(String encoded) {
    byte[] in = encoded.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] != '%') {
        out.put(in[i]);
      } else if (i + 2 < in.length && isHex(in[i + 1]) && isHex(in[i + 2])) {
        out.put(
            (byte) (HexFormat.fromHexDigit(in[i + 1]) << 4 | HexFormat.fromHexDigit(in[i + 2])));
        i += 2;
      } else {
        throw new IllegalArgumentException("a stray '%'");
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("percent-encoded bytes that are not UTF-8", e);
    }
  }

  private static boolean isHex(byte b) {
    return HexFormat.isHexDigit(b);
  }
}
