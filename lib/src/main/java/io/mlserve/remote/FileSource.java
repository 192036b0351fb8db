package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A folder of this machine, or one that is mounted here. Symbolic links are followed. There is no
 * time limit: a mount that hangs makes its reader hang, which only the mount's own options can
 * cure.
 */
final class FileSource implements ModelSource {
  private final Path root;

  FileSource(Path root) {
    this.root = root;
  }

  @Override
  public Optional<RemoteEntry> stat(String path) {
    Path file = resolve(path);
    try {
      return Optional.of(entry(RemotePath.last(path), file));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw Failures.of(e, file.toString());
    }
  }

  @Override
  public List<RemoteEntry> list(String path) {
    Path folder = resolve(path);
    List<RemoteEntry> entries = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        String name = RemotePath.checkName(String.valueOf(child.getFileName()), folder);
        try {
          entries.add(entry(name, child));
        } catch (NoSuchFileException e) {
          // gone since it was listed, or a link to nothing
        }
      }
    } catch (IOException e) {
      throw Failures.of(e, folder.toString());
    }
    entries.sort(Comparator.comparing(RemoteEntry::name));
    return entries;
  }

  private static RemoteEntry entry(String name, Path file) throws IOException {
    BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
    if (facts.isDirectory()) {
      return RemoteEntry.folder(name);
    }
    String state =
        facts.lastModifiedTime() + " " + facts.size() + " " + Objects.toString(facts.fileKey(), "");
    return new RemoteEntry(
        name,
        false,
        OptionalLong.of(facts.size()),
        Optional.of(facts.lastModifiedTime().toInstant()),
        Optional.of(new Validator(state, true)));
  }

  @Override
  public RemoteStream open(String path, long offset, Optional<Validator> validator) {
    Path file = resolve(path);
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        // opening a pipe would wait for a writer
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT, file + " is not a file (expected: a regular file)");
      }
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      try {
        RemoteEntry entry = entry(RemotePath.last(path), file);
        boolean goOn =
            validator.isPresent()
                && validator.equals(entry.validator())
                && offset <= entry.size().orElse(0);
        long start = goOn ? offset : 0;
        return new RemoteStream(Channels.newInputStream(channel.position(start)), start, entry);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw Failures.of(e, file.toString());
    }
  }

  private Path resolve(String path) {
    return path.isEmpty() ? root : root.resolve(RemotePath.check(path));
  }

  @Override
  public void close() {}

  @Override
  public String identity() {
    return SourceUri.of(Scheme.FILE, "", -1, root.toString()).identity();
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
