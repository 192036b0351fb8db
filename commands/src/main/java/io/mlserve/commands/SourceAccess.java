package io.mlserve.commands;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.remote.Credential;
import io.mlserve.remote.Credentials;
import io.mlserve.remote.HadoopOptions;
import io.mlserve.remote.Scheme;
import io.mlserve.remote.SourceOptions;
import io.mlserve.remote.SourceUri;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How to reach a source and what to show it. */
final class SourceAccess {
  private static final String STDIN = "-";

  @Option(
      names = "--connect-timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "Give up on a server that does not accept within TIME (${DEFAULT-VALUE}).")
  private Duration connectTimeout;

  @Option(
      names = "--read-timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "Give up on a transfer that stands still for TIME (${DEFAULT-VALUE}).")
  private Duration readTimeout;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "User for HTTP, FTP or Hadoop. Default: the one in SOURCE, if any.")
  private Optional<String> user;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "The first line of FILE is the password of --user; - for standard input.")
  private Optional<String> passwordFile;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The first line of FILE is a bearer token for HTTP.")
  private Optional<Path> tokenFile;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "PEM certificates to trust instead of the Java runtime's.")
  private Optional<Path> caFile;

  @Option(names = "--ftp-tls", description = "Switch to TLS before logging in to an ftp: source.")
  private boolean ftpTls;

  @Option(
      names = "--http-autoindex",
      description = "Take the pages that a web server makes for folders as listings.")
  private boolean autoindex;

  @Option(
      names = {"--fs-name", "--fs_name"},
      paramLabel = "URI",
      description = "Hadoop file system of a SOURCE without host, such as hdfs://namenode:8020.")
  private Optional<String> fsName;

  @Option(
      names = "--fs-ugi-file",
      paramLabel = "FILE",
      description = "The first line of FILE is the Hadoop user, or user,password for old Hadoop.")
  private Optional<Path> fsUgiFile;

  @Option(
      names = {"--hadoop-bin", "--hadoop_bin"},
      paramLabel = "FILE",
      description = "Run this hadoop program instead of the built-in client.")
  private Optional<Path> hadoopBin;

  @Option(names = "--keytab", paramLabel = "FILE", description = "Kerberos keys of --principal.")
  private Optional<Path> keytab;

  @Option(
      names = "--principal",
      paramLabel = "NAME",
      description = "Kerberos principal to log in to Hadoop as.")
  private Optional<String> principal;

  /** The source that {@code text} names, with {@code --fs-name} where it names no host. */
  SourceUri uri(String text) {
    SourceUri uri = SourceUri.parse(text);
    boolean hadoop = uri.scheme() != Scheme.FILE && uri.host().isEmpty();
    boolean bare = uri.scheme() == Scheme.FILE && text.startsWith("/");
    if (fsName.isEmpty() || !(hadoop || bare)) {
      return uri;
    }
    return SourceUri.parse(fsName.get()).resolve(uri.path());
  }

  SourceOptions options() {
    requirePositive("--connect-timeout", connectTimeout);
    requirePositive("--read-timeout", readTimeout);
    return SourceOptions.DEFAULTS
        .withTimeouts(connectTimeout, readTimeout)
        .withCredentials(credentials())
        .withCaFile(caFile)
        .withFtpTls(ftpTls)
        .withAutoindex(autoindex)
        .withHadoop(hadoop());
  }

  private static void requirePositive(String option, Duration value) {
    if (value.isZero()) {
      throw invalid(option + " is 0 (expected: more)");
    }
  }

  private Credentials credentials() {
    if (tokenFile.isPresent()) {
      if (passwordFile.isPresent()) {
        throw invalid("both --token-file and --password-file are given (expected: one)");
      }
      return Credentials.token(tokenFile.get());
    }
    if (passwordFile.isEmpty()) {
      return user.map(name -> Credentials.of(new Credential.Login(name, "")))
          .orElse(Credentials.none());
    }
    String name =
        user.orElseThrow(() -> invalid("--password-file is given without --user (expected: both)"));
    return passwordFile.get().equals(STDIN)
        ? Credentials.of(new Credential.Login(name, standardInput()))
        : Credentials.login(name, Path.of(passwordFile.get()));
  }

  // Not closed: standard input is not ours.
  private static String standardInput() {
    try {
      String line =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      if (line == null) {
        throw invalid("standard input has no password (expected: one line)");
      }
      return line;
    } catch (IOException e) {
      throw new MlserveException(
          ErrorCode.UNAVAILABLE, "cannot read standard input: " + e.getMessage(), e);
    }
  }

  private HadoopOptions hadoop() {
    if (keytab.isPresent() != principal.isPresent()) {
      throw invalid("one of --keytab and --principal is missing (expected: both)");
    }
    HadoopOptions options =
        HadoopOptions.DEFAULTS
            .withCommand(hadoopBin)
            .withUser(user)
            .withKeytab(
                keytab.flatMap(
                    file -> principal.map(name -> new HadoopOptions.Keytab(name, file))));
    return fsUgiFile.isPresent() ? options.withUgi(firstLine(fsUgiFile.get())) : options;
  }

  private static String firstLine(Path file) {
    try {
      return Files.readString(file).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw invalid("--fs-ugi-file " + file + " cannot be read: " + e.getMessage());
    }
  }

  private static MlserveException invalid(String message) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, message);
  }
}
