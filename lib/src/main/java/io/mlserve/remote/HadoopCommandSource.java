package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Hadoop file system through a {@code hadoop} program: {@code hadoop fs [-D
 * fs.default.name=<host>] -stat|-ls|-cat <path>}, without a shell. It cannot start in the middle of
 * a file.
 *
 * <p>The user is passed in the environment, as HADOOP_USER_NAME. A {@code user,password} that only
 * old Hadoop understands goes into a configuration file that nobody else may read, and never into
 * the argument list, which every user of the machine can see.
 */
final class HadoopCommandSource implements ModelSource {
  private static final Pattern STAT = Pattern.compile("(directory|.*file)\\|([0-9]+)\\|([0-9]+)");
  private static final Pattern LISTED =
      Pattern.compile(
          "([-dl])\\S*\\s+\\S+\\s+\\S+\\s+\\S+\\s+([0-9]+)\\s+[0-9-]{10}\\s+[0-9:]{5}\\s(.*)");

  private final SourceUri root;
  private final SourceOptions options;
  private final Path command;

  private @Nullable Path secretFile; // written when first needed

  HadoopCommandSource(SourceUri root, SourceOptions options, Path command) {
    this.root = root;
    this.options = options;
    this.command = command;
  }

  @Override
  public Optional<RemoteEntry> stat(String path) {
    try {
      String answer = run(path, "-stat", "%F|%b|%Y").strip();
      Matcher facts = STAT.matcher(answer);
      if (!facts.matches()) {
        throw new MlserveException(
            ErrorCode.DATA_LOSS,
            command + " -stat says '" + answer + "' (expected: type|bytes|milliseconds)");
      }
      return Optional.of(entry(RemotePath.last(path), facts));
    } catch (MlserveException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static RemoteEntry entry(String name, Matcher facts) {
    if (facts.group(1).equals("directory")) {
      return RemoteEntry.folder(name);
    }
    return new RemoteEntry(
        name,
        false,
        OptionalLong.of(Long.parseLong(facts.group(2))),
        Optional.of(Instant.ofEpochMilli(Long.parseLong(facts.group(3)))),
        Optional.of(new Validator(facts.group(3) + " " + facts.group(2), true)));
  }

  @Override
  public List<RemoteEntry> list(String path) {
    List<String> lines = run(path, "-ls").lines().toList();
    List<RemoteEntry> entries = new ArrayList<>();
    for (String line : lines) {
      if (!line.startsWith("Found ")) {
        entries.add(listed(line, root.resolve(path)));
      }
    }
    if (!lines.isEmpty() && entries.size() == lines.size()) {
      throw new MlserveException( // hadoop fs lists a file as itself, without a headline
          ErrorCode.NOT_FOUND, "no folder " + root.resolve(path));
    }
    entries.sort(Comparator.comparing(RemoteEntry::name));
    return entries;
  }

  // No time and no validator: the listing has minutes only.
  private static RemoteEntry listed(String line, SourceUri folder) {
    Matcher parts = LISTED.matcher(line);
    if (!parts.matches()) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS, folder + " lists '" + line + "', which cannot be understood");
    }
    String name = RemotePath.checkName(RemotePath.last(parts.group(3)), folder);
    return parts.group(1).equals("d")
        ? RemoteEntry.folder(name)
        : new RemoteEntry(
            name,
            false,
            OptionalLong.of(Long.parseLong(parts.group(2))),
            Optional.empty(),
            Optional.empty());
  }

  @Override
  public RemoteStream open(String path, long offset, Optional<Validator> validator) {
    RemoteEntry file =
        stat(path)
            .orElseThrow(
                () ->
                    new MlserveException(
                        ErrorCode.NOT_FOUND, "no such file: " + root.resolve(path)));
    if (file.folder()) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, root.resolve(path) + " is a folder (expected: a file)");
    }
    return new RemoteStream(start(path, "-cat"), 0, file);
  }

  private String run(String path, String... action) {
    try (CommandOutput output = start(path, action)) {
      return new String(output.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  private CommandOutput start(String path, String... action) {
    RemotePath.check(path);
    try {
      List<String> line = new ArrayList<>(List.of(command.toString(), "fs"));
      if (options.hadoop().ugi().isPresent()) {
        line.addAll(List.of("-conf", secretFile(options.hadoop().ugi().get()).toString()));
      }
      if (!root.host().isEmpty()) {
        line.addAll(
            List.of("-D", "fs.default.name=" + root.scheme().text() + "://" + root.authority()));
      }
      line.addAll(List.of(action));
      line.add(hadoopPath(path));
      return CommandOutput.start(line, environment(), options.readTimeout());
    } catch (IOException e) {
      throw new MlserveException(
          ErrorCode.FAILED_PRECONDITION, "cannot run " + command + ": " + e.getMessage(), e);
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    options
        .hadoop()
        .user()
        .or(root::user)
        .ifPresent(user -> environment.put("HADOOP_USER_NAME", user));
    return environment;
  }

  // hadoop fs takes a path for a pattern
  private String hadoopPath(String path) {
    String base = root.path();
    String whole = path.isEmpty() ? base : base.endsWith("/") ? base + path : base + "/" + path;
    return whole.replaceAll("[*?\\[\\]{}\\\\]", "\\\\$0");
  }

  private Path secretFile(String ugi) throws IOException {
    Path file = secretFile;
    if (file == null) {
      file =
          Files.createTempFile(
              "mlserve-hadoop-",
              ".xml",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      String value = ugi.replace("&", "&amp;").replace("<", "&lt;");
      Files.writeString(
          file,
          "<configuration><property><name>hadoop.job.ugi</name><value>"
              + value
              + "</value></property></configuration>\n");
      secretFile = file;
    }
    return file;
  }

  @Override
  public MlserveException failure(String path, IOException failure) {
    String what = root.resolve(path).toString();
    if (!(failure instanceof CommandOutput.CommandException)) {
      return Failures.of(failure, what);
    }
    String said = String.valueOf(failure.getMessage());
    String known = said.toLowerCase(Locale.ROOT);
    ErrorCode code = ErrorCode.UNAVAILABLE;
    if (known.contains("no such file or directory")) {
      code = ErrorCode.NOT_FOUND;
    } else if (known.contains("permission denied")) {
      code = ErrorCode.PERMISSION_DENIED;
    }
    return new MlserveException(
        code,
        code == ErrorCode.NOT_FOUND
            ? "no such file: " + what
            : command.getFileName() + " cannot read " + what + ": " + said,
        failure);
  }

  @Override
  public void close() {
    Path file = secretFile;
    secretFile = null;
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw LocalDisk.failure(file, e);
      }
    }
  }

  @Override
  public String identity() {
    return root.identity();
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
