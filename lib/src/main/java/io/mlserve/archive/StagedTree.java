package io.mlserve.archive;

import io.mlserve.error.DiskFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes members below a staging folder. Files are created, never opened, through a handle on their
 * folder that was reached without following a link: whoever may rename things around the staging
 * folder cannot redirect a byte of content.
 */
final class StagedTree implements MemberSink, AutoCloseable {
  private static final Set<OpenOption> CREATE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  private final Path root;
  private final DirectoryStream<Path> rootHandle;
  private final byte[] buffer = new byte[1 << 17];

  // The folder of the last file: members of one folder mostly follow each other.
  private List<String> current = List.of();
  private DirectoryStream<Path> currentHandle;

  /** Opens the empty folder {@code root}; close it before it is renamed. */
  @SuppressWarnings("StreamResourceLeak") // a field, closed by close()
  StagedTree(Path root) {
    this.root = root;
    try {
      rootHandle = Files.newDirectoryStream(root);
      currentHandle = rootHandle;
    } catch (IOException e) {
      throw DiskFailure.of("cannot open " + SafeText.quote(root), e);
    }
  }

  @Override
  public void folder(EntryPath path) {
    Path folder = path.in(root);
    try {
      Files.createDirectory(folder, Modes.folder(folder));
    } catch (IOException e) {
      throw DiskFailure.of("cannot create " + SafeText.quote(folder), e);
    }
  }

  @Override
  public void file(EntryPath path, InputStream body) throws IOException {
    try (SeekableByteChannel file = create(path)) {
      for (int got = body.read(buffer); got >= 0; got = body.read(buffer)) {
        write(file, got, path);
      }
    }
  }

  private void write(SeekableByteChannel file, int count, EntryPath path) {
    ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
    try {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException e) {
      throw DiskFailure.of("cannot write " + SafeText.quote(path.in(root)), e);
    }
  }

  private SeekableByteChannel create(EntryPath path) {
    List<String> names = path.segments();
    try {
      List<String> folder = names.subList(0, names.size() - 1);
      enter(folder);
      Path whole = path.in(root);
      if (currentHandle instanceof SecureDirectoryStream<Path> secure) {
        Path name = Path.of(names.get(names.size() - 1));
        return secure.newByteChannel(name, CREATE, Modes.file(whole));
      }
      return Files.newByteChannel(whole, CREATE, Modes.file(whole));
    } catch (IOException e) {
      throw DiskFailure.of("cannot create " + SafeText.quote(path.in(root)), e);
    }
  }

  private void enter(List<String> folder) throws IOException {
    if (folder.equals(current) || !(rootHandle instanceof SecureDirectoryStream<Path> secureRoot)) {
      return;
    }
    SecureDirectoryStream<Path> handle = secureRoot;
    for (String name : folder) {
      SecureDirectoryStream<Path> parent = handle;
      handle = parent.newDirectoryStream(Path.of(name), LinkOption.NOFOLLOW_LINKS);
      closeUnlessRoot(parent);
    }
    closeUnlessRoot(currentHandle);
    currentHandle = handle;
    current = List.copyOf(folder);
  }

  private void closeUnlessRoot(DirectoryStream<Path> handle) throws IOException {
    if (handle != rootHandle) {
      handle.close();
    }
  }

  /**
   * Makes files and folders, the root last, survive a power cut. After the last member rather than
   * file by file: the disk has then written most of it already.
   */
  void sync() {
    try {
      Files.walkFileTree(root, new Sync());
    } catch (IOException e) {
      throw DiskFailure.of("cannot write " + SafeText.quote(root), e);
    }
  }

  @Override
  public void close() {
    try {
      closeUnlessRoot(currentHandle);
      rootHandle.close();
    } catch (IOException e) {
      throw DiskFailure.of("cannot close " + SafeText.quote(root), e);
    }
  }

  private static final class Sync extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes facts) throws IOException {
      Staging.force(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Staging.force(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
