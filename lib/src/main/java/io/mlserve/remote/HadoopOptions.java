package io.mlserve.remote;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How to speak to Hadoop. Start at {@link #DEFAULTS} and change what differs.
 *
 * @param command a {@code hadoop} program to run instead of the library in this process
 * @param user who asks; without one, what stands in the URI, HADOOP_USER_NAME, or the user of this
 *     process
 * @param ugi {@code user,password} as old Hadoop took it; a secret, for {@code command} only
 * @param keytab for Kerberos
 * @param settings configuration properties on top of the configuration files; not for {@code
 *     command}
 */
public record HadoopOptions(
    Optional<Path> command,
    Optional<String> user,
    Optional<String> ugi,
    Optional<Keytab> keytab,
    Map<String, String> settings) {
  /** The library, the user of this process, no Kerberos. */
  public static final HadoopOptions DEFAULTS =
      new HadoopOptions(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

  /** A Kerberos principal and the file with its keys. */
  public record Keytab(String principal, Path file) {}

  public HadoopOptions {
    settings = Map.copyOf(settings);
  }

  public HadoopOptions withCommand(Optional<Path> newCommand) {
    return new HadoopOptions(newCommand, user, ugi, keytab, settings);
  }

  public HadoopOptions withUser(Optional<String> newUser) {
    return new HadoopOptions(command, newUser, ugi, keytab, settings);
  }

  /** {@code user,password} or {@code user,group,...}: the user counts, and it is kept for old. */
  public HadoopOptions withUgi(String newUgi) {
    int comma = newUgi.indexOf(',');
    String name = (comma < 0 ? newUgi : newUgi.substring(0, comma)).strip();
    return new HadoopOptions(
        command,
        name.isEmpty() ? user : Optional.of(name),
        comma < 0 ? Optional.empty() : Optional.of(newUgi.strip()),
        keytab,
        settings);
  }

  public HadoopOptions withKeytab(Optional<Keytab> newKeytab) {
    return new HadoopOptions(command, user, ugi, newKeytab, settings);
  }

  public HadoopOptions withSettings(Map<String, String> newSettings) {
    return new HadoopOptions(command, user, ugi, keytab, newSettings);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "HadoopOptions[command=%s, user=%s, ugi=%s, keytab=%s, settings=%s]"
        .formatted(command, user, ugi.map(secret -> "***"), keytab, settings.keySet());
  }
}
