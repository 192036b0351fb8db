package io.mlserve.remote;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How to speak to a source. Start at {@link #DEFAULTS} and change what differs.
 *
 * @param connectTimeout limit for reaching the server
 * @param readTimeout limit for each wait for bytes of it: a stall, not a slow transfer
 * @param credentials asked before each attempt; what stands in the URI is used when they have none
 * @param caFile PEM certificates to trust instead of those of the Java runtime
 * @param ftpTls whether {@code ftp:} switches to TLS before it logs in
 * @param autoindex whether a web server's folder pages may be read as listings
 * @param hadoop for {@code hdfs:} and its kin
 * @param environment where proxies and Hadoop's folders are looked up
 */
public record SourceOptions(
    Duration connectTimeout,
    Duration readTimeout,
    Credentials credentials,
    Optional<Path> caFile,
    boolean ftpTls,
    boolean autoindex,
    HadoopOptions hadoop,
    Map<String, String> environment) {
  /** Connect in 5 s, 30 s for each read, nothing to show, the environment of the process. */
  public static final SourceOptions DEFAULTS =
      new SourceOptions(
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Credentials.none(),
          Optional.empty(),
          false,
          false,
          HadoopOptions.DEFAULTS,
          System.getenv());

  public SourceOptions {
    if (connectTimeout.compareTo(Duration.ZERO) <= 0 || readTimeout.compareTo(Duration.ZERO) <= 0) {
      throw new IllegalArgumentException(
          "time limits " + connectTimeout + ", " + readTimeout + " (expected: positive)");
    }
    environment = Map.copyOf(environment);
  }

  public SourceOptions withTimeouts(Duration connect, Duration read) {
    return new SourceOptions(
        connect, read, credentials, caFile, ftpTls, autoindex, hadoop, environment);
  }

  public SourceOptions withCredentials(Credentials newCredentials) {
    return new SourceOptions(
        connectTimeout,
        readTimeout,
        newCredentials,
        caFile,
        ftpTls,
        autoindex,
        hadoop,
        environment);
  }

  public SourceOptions withCaFile(Optional<Path> newCaFile) {
    return new SourceOptions(
        connectTimeout,
        readTimeout,
        credentials,
        newCaFile,
        ftpTls,
        autoindex,
        hadoop,
        environment);
  }

  public SourceOptions withFtpTls(boolean newFtpTls) {
    return new SourceOptions(
        connectTimeout,
        readTimeout,
        credentials,
        caFile,
        newFtpTls,
        autoindex,
        hadoop,
        environment);
  }

  public SourceOptions withAutoindex(boolean newAutoindex) {
    return new SourceOptions(
        connectTimeout,
        readTimeout,
        credentials,
        caFile,
        ftpTls,
        newAutoindex,
        hadoop,
        environment);
  }

  public SourceOptions withHadoop(HadoopOptions newHadoop) {
    return new SourceOptions(
        connectTimeout,
        readTimeout,
        credentials,
        caFile,
        ftpTls,
        autoindex,
        newHadoop,
        environment);
  }

  public SourceOptions withEnvironment(Map<String, String> newEnvironment) {
    return new SourceOptions(
        connectTimeout,
        readTimeout,
        credentials,
        caFile,
        ftpTls,
        autoindex,
        hadoop,
        newEnvironment);
  }
}
