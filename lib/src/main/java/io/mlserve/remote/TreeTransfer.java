package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Brings a folder here, file by file, into {@code <target>.part/tree}. A journal beside it says
 * which files are complete and in which state of the source, so that a later run fetches only the
 * rest.
 */
final class TreeTransfer {
  private final ModelSource source;
  private final DownloadLimits limits;
  private final Retry retry;
  private final Progress progress;

  private long bytes; // of the files that are complete
  private long resumed; // of those, what earlier attempts or runs had left
  private int failures;

  TreeTransfer(ModelSource source, DownloadLimits limits, Retry retry, Progress progress) {
    this.source = source;
    this.limits = limits;
    this.retry = retry;
    this.progress = progress;
  }

  private record Item(String path, RemoteEntry entry) {}

  Download run(String path, Path into) {
    Path staging = into.resolveSibling(into.getFileName() + ".part");
    Path tree = staging.resolve("tree");
    try {
      requireEmpty(into);
      List<Item> items =
          retry.call(
              number -> {
                failures += number > 1 ? 1 : 0;
                return walked(path);
              });
      TreeJournal journal = TreeJournal.open(staging, source.identity() + " " + path);
      Files.createDirectories(tree);
      Map<String, Checksum> files = fetch(path, items, tree, journal);
      verify(tree, files);
      LocalDisk.syncFolders(tree);
      LocalDisk.publish(tree, into);
      LocalDisk.delete(staging);
      return new Download(
          into, bytes, files.size(), digest(files), resumed, failures + 1, Optional.empty());
    } catch (IOException e) {
      throw LocalDisk.failure(into, e);
    }
  }

  /** A digest of all names and states below {@code path}; empty if the source names no states. */
  Optional<String> state(String path) {
    List<Item> items = retry.call(number -> walked(path));
    StringBuilder lines = new StringBuilder();
    for (Item item : items) {
      lines.append(item.path()).append('\0');
      if (!item.entry().folder()) {
        Optional<String> token = validator(path, item).map(Validator::token);
        if (token.isEmpty()) {
          return Optional.empty();
        }
        lines.append(token.get()).append('\0');
      }
    }
    return Optional.of(Checksum.of(lines.toString().getBytes(StandardCharsets.UTF_8)).hex());
  }

  private Optional<Validator> validator(String root, Item item) {
    return item.entry()
        .validator()
        .or(
            () ->
                retry
                    .call(number -> source.stat(RemotePath.join(root, item.path())))
                    .flatMap(RemoteEntry::validator));
  }

  private List<Item> walked(String path) {
    List<Item> items = new ArrayList<>();
    walk(path, "", 1, items);
    return items;
  }

  private static void requireEmpty(Path into) throws IOException {
    if (Files.isDirectory(into)) {
      try (var children = Files.newDirectoryStream(into)) {
        if (!children.iterator().hasNext()) {
          return;
        }
      }
    }
    if (Files.exists(into)) {
      throw new MlserveException(
          ErrorCode.ALREADY_EXISTS, into + " exists (expected: nothing or an empty folder)");
    }
  }

  private void walk(String root, String below, int depth, List<Item> items) {
    String folder = below.isEmpty() ? root : RemotePath.join(root, below);
    for (RemoteEntry entry : source.list(folder)) {
      String path = RemotePath.join(below, entry.name());
      items.add(new Item(path, entry));
      if (items.size() > limits.files() || depth > limits.depth()) {
        throw new MlserveException(
            ErrorCode.RESOURCE_EXHAUSTED,
            source
                + " has more than "
                + (depth > limits.depth()
                    ? limits.depth() + " folders inside each other"
                    : limits.files() + " files")
                + " (expected: fewer)");
      }
      if (entry.folder()) {
        walk(root, path, depth + 1, items);
      }
    }
  }

  private Map<String, Checksum> fetch(String root, List<Item> items, Path tree, TreeJournal journal)
      throws IOException {
    OptionalLong total = total(items);
    if (total.isPresent() && total.getAsLong() > limits.bytes()) {
      throw new MlserveException(
          ErrorCode.RESOURCE_EXHAUSTED,
          source
              + " has "
              + total.getAsLong()
              + " bytes (expected: at most "
              + limits.bytes()
              + ")");
    }
    Map<String, Checksum> files = new TreeMap<>();
    Set<String> paths = new HashSet<>();
    for (Item item : items) {
      Path target = tree.resolve(item.path());
      paths.add(item.path());
      if (item.entry().folder()) {
        Files.createDirectories(target);
      } else {
        Files.createDirectories(LocalDisk.folderOf(target));
        files.put(item.path(), fetch(root, item, target, journal));
        progress.at(bytes, total);
      }
    }
    TreeJournal.dropOthers(tree, paths);
    return files;
  }

  private Checksum fetch(String root, Item item, Path target, TreeJournal journal)
      throws IOException {
    String remote = RemotePath.join(root, item.path());
    Optional<TreeJournal.Line> kept = kept(root, item, target, journal);
    if (kept.isPresent()) {
      bytes += kept.get().size();
      resumed += kept.get().size();
      return kept.get().sha256();
    }
    long before = bytes;
    Progress whole = (at, size) -> progress.at(before + at, OptionalLong.empty());
    FileTransfer transfer =
        new FileTransfer(
            source, remote, journal.inTransit(item.path()), limits.bytes() - bytes, whole);
    FileTransfer.Result result =
        retry.call(
            number -> {
              failures += number > 1 ? 1 : 0;
              return transfer.run(Optional.empty());
            });
    LocalDisk.publish(journal.inTransit(item.path()), target);
    journal.add(item.path(), result);
    bytes += result.bytes();
    resumed += result.resumedFrom();
    return result.sha256();
  }

  // What an earlier run completed, if the remote file is still in the same state.
  private Optional<TreeJournal.Line> kept(String root, Item item, Path target, TreeJournal journal)
      throws IOException {
    Optional<TreeJournal.Line> line = journal.line(item.path());
    if (line.isEmpty() || !Files.exists(target) || Files.size(target) != line.get().size()) {
      return Optional.empty();
    }
    Optional<String> now = validator(root, item).map(Validator::token);
    return line.filter(l -> now.equals(Optional.of(l.token())));
  }

  private static OptionalLong total(List<Item> items) {
    long sum = 0;
    for (Item item : items) {
      if (!item.entry().folder()) {
        if (item.entry().size().isEmpty()) {
          return OptionalLong.empty();
        }
        sum = Math.addExact(sum, item.entry().size().getAsLong());
      }
    }
    return OptionalLong.of(sum);
  }

  // Whatever way it came, a folder that carries a manifest must be what the manifest says.
  private void verify(Path tree, Map<String, Checksum> files) throws IOException {
    Path file = tree.resolve(Manifest.NAME);
    if (!Files.isRegularFile(file)) {
      return;
    }
    Manifest manifest = Manifest.parse(Files.readString(file), Manifest.NAME + " of " + source);
    for (Map.Entry<String, Checksum> wanted : manifest.files().entrySet()) {
      Checksum found = files.get(wanted.getKey());
      if (!wanted.getValue().equals(found)) {
        LocalDisk.delete(tree);
        throw new MlserveException(
            ErrorCode.DATA_LOSS,
            wanted.getKey()
                + " of "
                + source
                + (found == null ? " is missing" : " has sha256 " + found)
                + " (expected: "
                + wanted.getValue()
                + ")");
      }
    }
  }

  private static Checksum digest(Map<String, Checksum> files) {
    StringBuilder lines = new StringBuilder();
    files.forEach((path, sha256) -> lines.append(sha256).append("  ").append(path).append('\n'));
    return Checksum.of(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
