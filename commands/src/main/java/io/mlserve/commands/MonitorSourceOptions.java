package io.mlserve.commands;

import io.mlserve.remote.Credential;
import io.mlserve.remote.Credentials;
import io.mlserve.remote.HadoopOptions;
import io.mlserve.remote.SourceOptions;
import io.mlserve.remote.SourceUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Where a monitor looks, in the words of Paddle Serving's monitor. */
final class MonitorSourceOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Kinds of sources. */
  enum Kind {
    GENERAL,
    HTTP,
    HDFS,
    AFS,
    FTP,
    FILE,
    WEBHDFS
  }

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      defaultValue = "general",
      description =
          "Kind of source: general or http (with --general-host), ftp (with --ftp-host), file (a"
              + " local folder), hdfs, webhdfs or afs (with --fs-name) (default: ${DEFAULT-VALUE}).")
  private Kind kind;

  @Option(
      names = {"--remote-path", "--remote_path"},
      required = true,
      paramLabel = "PATH",
      description = "Folder of the source that holds the model and the donefile.")
  private String remotePath;

  @Option(
      names = {"--general-host", "--general_host"},
      paramLabel = "URL",
      description = "Server of a general source: http, https, ftp, ftps or file URL.")
  private Optional<String> generalHost;

  @Option(
      names = {"--ftp-host", "--ftp_host"},
      paramLabel = "HOST",
      description = "Server of an ftp source.")
  private Optional<String> ftpHost;

  @Option(
      names = {"--ftp-port", "--ftp_port"},
      paramLabel = "PORT",
      defaultValue = "21",
      description = "Its port (default: ${DEFAULT-VALUE}).")
  private int ftpPort;

  @Option(
      names = {"--ftp-username", "--ftp_username"},
      paramLabel = "USER",
      defaultValue = "",
      description = "Who logs in there (default: anonymous).")
  private String ftpUsername;

  @Option(
      names = {"--ftp-password", "--ftp_password"},
      paramLabel = "SECRET",
      defaultValue = "",
      description =
          "The password, for all users of this machine to see; --ftp-password-file is better.")
  private String ftpPassword;

  @Option(
      names = "--ftp-password-file",
      paramLabel = "FILE",
      description = "File with the password in its first line, read at every login.")
  private Optional<Path> ftpPasswordFile;

  @Option(names = "--ftp-tls", description = "Switch to TLS before logging in.")
  private boolean ftpTls;

  @Option(
      names = {"--fs-name", "--fs_name"},
      paramLabel = "URL",
      defaultValue = "",
      description =
          "File system of an hdfs, webhdfs or afs source, such as hdfs://namenode:8020 (default:"
              + " what HADOOP_CONF_DIR says).")
  private String fsName;

  @Option(
      names = {"--fs-ugi", "--fs_ugi"},
      paramLabel = "USER[,SECRET]",
      defaultValue = "",
      description = "Who asks there. With a secret, --fs-ugi-file is better.")
  private String fsUgi;

  @Option(
      names = "--fs-ugi-file",
      paramLabel = "FILE",
      description = "File with the value of --fs-ugi in its first line.")
  private Optional<Path> fsUgiFile;

  @Option(
      names = {"--hadoop-bin", "--hadoop_bin"},
      paramLabel = "FILE",
      description =
          "Run this hadoop program for an hdfs or afs source (default for hdfs: no program, the"
              + " client inside mlserve).")
  private Optional<Path> hadoopBin;

  @Option(
      names = "--principal",
      paramLabel = "NAME",
      description = "Kerberos principal; with --keytab.")
  private Optional<String> principal;

  @Option(
      names = "--keytab",
      paramLabel = "FILE",
      description = "File with its keys; with --principal.")
  private Optional<Path> keytab;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with a bearer token for an http source, read at every request.")
  private Optional<Path> tokenFile;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "Trust these certificates (PEM) instead of the Java runtime's.")
  private Optional<Path> caFile;

  @Option(
      names = "--http-autoindex",
      description = "Take a web server's page of a folder for the list of its files.")
  private boolean autoindex;

  @Option(
      names = "--connect-timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "To reach the source (default: ${DEFAULT-VALUE}).")
  private Duration connectTimeout;

  @Option(
      names = "--read-timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "For the source to send the next bytes (default: ${DEFAULT-VALUE}).")
  private Duration readTimeout;

  Kind kind() {
    return kind;
  }

  /** The folder with the model and the donefile. */
  SourceUri uri() {
    return switch (kind) {
      case GENERAL, HTTP -> general();
      case FTP -> ftp();
      case FILE -> SourceUri.parse(Path.of(remotePath).toAbsolutePath().normalize().toString());
      case HDFS -> hadoop("hdfs");
      case AFS -> hadoop("afs");
      case WEBHDFS -> hadoop("webhdfs");
    };
  }

  private SourceUri general() {
    String host = generalHost.orElseThrow(() -> usage("--general-host is missing"));
    return SourceUri.parse(host.contains("://") ? host : "http://" + host).resolve(remotePath);
  }

  // A path with a slash in front is the server's; without one it starts where the login does.
  private SourceUri ftp() {
    String host = ftpHost.orElseThrow(() -> usage("--ftp-host is missing"));
    String root = "ftp://" + host + ":" + ftpPort + (remotePath.startsWith("/") ? "//" : "/");
    return SourceUri.parse(root).resolve(remotePath);
  }

  private SourceUri hadoop(String scheme) {
    if (kind == Kind.AFS && hadoopBin.isEmpty()) {
      throw usage("--hadoop-bin is missing (expected with --type afs: its own hadoop program)");
    }
    String root = fsName.isEmpty() ? scheme + ":///" : fsName;
    return SourceUri.parse(root.contains("://") ? root : scheme + "://" + root).resolve(remotePath);
  }

  /** How to speak to it. */
  SourceOptions options() {
    if (connectTimeout.isZero() || readTimeout.isZero()) {
      throw usage("--connect-timeout and --read-timeout (expected: more than 0)");
    }
    return SourceOptions.DEFAULTS
        .withTimeouts(connectTimeout, readTimeout)
        .withCredentials(credentials())
        .withCaFile(caFile)
        .withFtpTls(ftpTls)
        .withAutoindex(autoindex)
        .withHadoop(hadoopOptions());
  }

  private Credentials credentials() {
    if (kind != Kind.FTP) {
      return tokenFile.map(Credentials::token).orElse(Credentials.none());
    }
    if (ftpPasswordFile.isPresent()) {
      return Credentials.login(ftpUsername, ftpPasswordFile.get());
    }
    return ftpUsername.isEmpty()
        ? Credentials.none()
        : Credentials.of(new Credential.Login(ftpUsername, ftpPassword));
  }

  private HadoopOptions hadoopOptions() {
    if (keytab.isPresent() != principal.isPresent()) {
      throw usage("--keytab and --principal (expected: both or none)");
    }
    String ugi = fsUgiFile.map(this::firstLine).orElse(fsUgi);
    HadoopOptions options =
        HadoopOptions.DEFAULTS
            .withCommand(hadoopBin)
            .withKeytab(
                keytab.flatMap(
                    file -> principal.map(name -> new HadoopOptions.Keytab(name, file))));
    return ugi.isEmpty() ? options : options.withUgi(ugi);
  }

  private String firstLine(Path file) {
    try {
      return Files.readString(file).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      throw usage("--fs-ugi-file: cannot read " + file);
    }
  }

  /** Whether a secret stands on the command line, where every user of the machine can read it. */
  boolean showsSecret() {
    ParseResult parsed = spec.commandLine().getParseResult();
    return (parsed.hasMatchedOption("--ftp-password") && !ftpPassword.isEmpty())
        || (parsed.hasMatchedOption("--fs-ugi") && fsUgi.contains(","));
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
