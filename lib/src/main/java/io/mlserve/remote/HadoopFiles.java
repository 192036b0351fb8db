package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.security.UserGroupInformation;
import org.jspecify.annotations.Nullable;

/**
 * Opens a Hadoop file system of our own: configured from HADOOP_CONF_DIR, which the library by
 * itself ignores, and with limits on waits that are a quarter of an hour by default.
 */
final class HadoopFiles implements AutoCloseable {
  private static final String AUTHENTICATION = "hadoop.security.authentication";

  private final SourceUri root;
  private final SourceOptions options;

  private @Nullable FileSystem files; // null while not open
  private @Nullable UserGroupInformation login; // only with a keytab

  HadoopFiles(SourceUri root, SourceOptions options) {
    this.root = root;
    this.options = options;
  }

  /** The open file system; opened again after {@link #close}. */
  FileSystem get() throws IOException {
    if (login != null) {
      login.checkTGTAndReloginFromKeytab();
    }
    FileSystem open = files;
    if (open == null) {
      open = newFileSystem();
      files = open;
    }
    return open;
  }

  private FileSystem newFileSystem() throws IOException {
    Configuration configuration = configuration();
    URI uri = uri(configuration);
    try {
      if (options.hadoop().keytab().isPresent()) {
        UserGroupInformation user = login(configuration, options.hadoop().keytab().get());
        return user.doAs(
            (PrivilegedExceptionAction<FileSystem>)
                () -> FileSystem.newInstance(uri, configuration));
      }
      Optional<String> user =
          options
              .hadoop()
              .user()
              .or(root::user)
              .or(() -> Optional.ofNullable(options.environment().get("HADOOP_USER_NAME")));
      return user.isPresent()
          ? FileSystem.newInstance(uri, configuration, user.get())
          : FileSystem.newInstance(uri, configuration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MlserveException(ErrorCode.ABORTED, "interrupted at " + root, e);
    }
  }

  private UserGroupInformation login(Configuration configuration, HadoopOptions.Keytab keytab)
      throws IOException {
    if (configuration.get(AUTHENTICATION, "simple").equals("simple")) {
      configuration.set(AUTHENTICATION, "kerberos");
    }
    UserGroupInformation.setConfiguration(configuration);
    login =
        UserGroupInformation.loginUserFromKeytabAndReturnUGI(
            keytab.principal(), keytab.file().toAbsolutePath().toString());
    return login;
  }

  private URI uri(Configuration configuration) {
    if (!root.host().isEmpty()) {
      return URI.create(root.scheme().text() + "://" + root.authority());
    }
    URI usual = FileSystem.getDefaultUri(configuration);
    if (usual.getScheme() == null || usual.getAuthority() == null) {
      throw new MlserveException(
              ErrorCode.INVALID_ARGUMENT,
              root + " names no file system (expected: hdfs://host/path)")
          .withHint("or set HADOOP_CONF_DIR to a folder whose core-site.xml has fs.defaultFS");
    }
    return usual;
  }

  private Configuration configuration() {
    Configuration configuration = new Configuration();
    configurationFolder()
        .ifPresent(
            folder ->
                Stream.of("core-site.xml", "hdfs-site.xml")
                    .map(folder::resolve)
                    .filter(Files::isRegularFile)
                    .forEach(
                        file ->
                            configuration.addResource(
                                new org.apache.hadoop.fs.Path(file.toUri()))));
    limits().forEach(configuration::set);
    options.hadoop().settings().forEach(configuration::set);
    return configuration;
  }

  private Optional<Path> configurationFolder() {
    Map<String, String> environment = options.environment();
    return Optional.ofNullable(environment.get("HADOOP_CONF_DIR"))
        .or(
            () ->
                Optional.ofNullable(environment.get("HADOOP_HOME"))
                    .map(home -> home + "/etc/hadoop"))
        .map(Path::of)
        .map(Path::toAbsolutePath);
  }

  // Retrying is our own business; what stays is what a failover to a standby NameNode takes.
  private Map<String, String> limits() {
    String connect = Long.toString(options.connectTimeout().toMillis());
    String read = Long.toString(options.readTimeout().toMillis());
    return Map.ofEntries(
        Map.entry("ipc.client.connect.timeout", connect),
        Map.entry("ipc.client.connect.max.retries", "0"),
        Map.entry("ipc.client.connect.max.retries.on.timeouts", "0"),
        Map.entry("ipc.client.connect.max.retries.on.sasl", "1"),
        Map.entry("ipc.client.rpc-timeout.ms", read),
        Map.entry("ipc.ping.interval", read),
        Map.entry("dfs.client.retry.policy.enabled", "false"),
        Map.entry("dfs.client.failover.max.attempts", "3"),
        Map.entry("dfs.client.failover.sleep.max.millis", "1000"),
        Map.entry("dfs.client.socket-timeout", read),
        Map.entry("dfs.client.retry.window.base", "200"),
        Map.entry("dfs.webhdfs.socket.connect-timeout", connect + "ms"),
        Map.entry("dfs.webhdfs.socket.read-timeout", read + "ms"),
        Map.entry("dfs.http.client.retry.policy.enabled", "false"),
        Map.entry("dfs.http.client.retry.max.attempts", "0"),
        Map.entry("dfs.http.client.failover.max.attempts", "3"),
        Map.entry("dfs.http.client.failover.sleep.max.millis", "1000"));
  }

  /** Closes the file system; the login stays for the next one. */
  @Override
  public void close() {
    FileSystem open = files;
    files = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // nothing was written through it
      }
    }
  }
}
