package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A list of files with their digests as {@code sha256sum} prints it: what a folder must hold.
 *
 * @param files digests by path relative to the folder
 */
record Manifest(Map<String, Checksum> files) {
  /** The name under which a folder carries its own. */
  static final String NAME = "MANIFEST.sha256";

  static final int BYTES_LIMIT = 16 << 20;

  private static final Pattern LINE = Pattern.compile("([0-9a-fA-F]{64}) [ *](.+)");

  Manifest {
    files = Collections.unmodifiableMap(new TreeMap<>(files));
  }

  /** {@code DATA_LOSS} if a line is none of the format or its path leaves the folder. */
  static Manifest parse(String text, String where) {
    Map<String, Checksum> files = new TreeMap<>();
    for (String line : text.lines().toList()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
          throw new MlserveException(
              ErrorCode.DATA_LOSS,
              where + " has the line '" + line + "' (expected: <sha256>  <path>)");
        }
        String path = parts.group(2).replaceFirst("^\\./", "");
        for (String part : path.split("/", -1)) {
          RemotePath.checkName(part, where);
        }
        files.put(path, Checksum.parse(parts.group(1)));
      }
    }
    return new Manifest(files);
  }

  /** The digest that {@code line} gives for any file, if it looks like a line of a manifest. */
  static Optional<Checksum> checksum(String line) {
    Matcher parts = LINE.matcher(line);
    return parts.matches() ? Optional.of(Checksum.parse(parts.group(1))) : Optional.empty();
  }

  /** The direct children of {@code folder}, the manifest itself included in its own folder. */
  List<RemoteEntry> children(String folder) {
    String prefix = folder.isEmpty() ? "" : folder + "/";
    Map<String, RemoteEntry> children = new TreeMap<>();
    if (folder.isEmpty()) {
      children.put(NAME, RemoteEntry.file(NAME));
    }
    for (String path : files.keySet()) {
      if (path.startsWith(prefix)) {
        String rest = path.substring(prefix.length());
        int slash = rest.indexOf('/');
        String name = slash < 0 ? rest : rest.substring(0, slash);
        children.put(name, slash < 0 ? RemoteEntry.file(name) : RemoteEntry.folder(name));
      }
    }
    return new ArrayList<>(children.values());
  }
}
