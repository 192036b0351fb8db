package io.mlserve.remote;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a source is spoken to: the part of a {@link SourceUri} before the first colon. */
public enum Scheme {
  FILE,
  HTTP,
  HTTPS,
  FTP,
  /** FTP inside TLS from the first byte. For TLS on request, see {@link SourceOptions#ftpTls}. */
  FTPS,
  HDFS,
  WEBHDFS,
  SWEBHDFS,
  /** Known to the {@code hadoop} program of its owner only, never to the library. */
  AFS;

  static Optional<Scheme> of(String text) {
    return Stream.of(values()).filter(scheme -> scheme.text().equals(lower(text))).findFirst();
  }

  /** The known schemes as a message lists them. */
  static String known() {
    return Stream.of(values()).map(Scheme::text).collect(Collectors.joining(", "));
  }

  /** In lower case, as it is written in front of the colon. */
  public String text() {
    return lower(name());
  }

  boolean isHttp() {
    return this == HTTP || this == HTTPS;
  }

  boolean isFtp() {
    return this == FTP || this == FTPS;
  }

  boolean isHadoop() {
    return this == HDFS || this == WEBHDFS || this == SWEBHDFS || this == AFS;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
