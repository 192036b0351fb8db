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
 * @param keytab for Kerberos
 * @param settings configuration properties on top of the configuration files
 */
public record HadoopOptions(
    Optional<Path> command,
    Optional<String> user,
    Optional<Keytab> keytab,
    Map<String, String> settings) {
  public static final HadoopOptions DEFAULTS =
      new HadoopOptions(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

  /** A Kerberos principal and the file with its keys. */
  public record Keytab(String principal, Path file) {}

  public HadoopOptions {
    settings = Map.copyOf(settings);
  }

  public HadoopOptions withCommand(Optional<Path> newCommand) {
    return new HadoopOptions(newCommand, user, keytab, settings);
  }

  public HadoopOptions withUser(Optional<String> newUser) {
    return new HadoopOptions(command, newUser, keytab, settings);
  }

  /**
   * From {@code user,password} or {@code user,group,...} as old Hadoop took it: the user counts.
   */
  public HadoopOptions withUgi(String ugi) {
    int comma = ugi.indexOf(',');
    String name = (comma < 0 ? ugi : ugi.substring(0, comma)).strip();
    return withUser(name.isEmpty() ? Optional.empty() : Optional.of(name));
  }

  public HadoopOptions withKeytab(Optional<Keytab> newKeytab) {
    return new HadoopOptions(command, user, newKeytab, settings);
  }

  public HadoopOptions withSettings(Map<String, String> newSettings) {
    return new HadoopOptions(command, user, keytab, newSettings);
  }
}
