package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.security.sasl.SaslException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.KerberosAuthException;

/**
 * HDFS through the Hadoop client library, natively or over HTTP. A file's state is called by its
 * time, to the millisecond, and its length: HDFS files are written once.
 */
final class HdfsSource implements ModelSource {
  private final SourceUri root;
  private final HadoopFiles files;

  HdfsSource(SourceUri root, SourceOptions options) {
    this.root = root;
    this.files = new HadoopFiles(root, options);
  }

  private interface Question<T> {
    T ask(FileSystem files, Path path) throws IOException;
  }

  private <T> T ask(String path, Question<T> question) {
    Path file = hadoopPath(RemotePath.check(path));
    try {
      InterruptibleStream.check();
      try {
        return question.ask(files.get(), file);
      } catch (EOFException e) {
        // an idle connection that the NameNode closed or a restart of it broke
        return question.ask(files.get(), file);
      }
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  private Path hadoopPath(String path) {
    String base = root.path();
    return new Path(
        null, null, path.isEmpty() ? base : base.endsWith("/") ? base + path : base + "/" + path);
  }

  @Override
  public Optional<RemoteEntry> stat(String path) {
    try {
      return Optional.of(
          ask(path, (fs, file) -> entry(RemotePath.last(path), fs.getFileStatus(file))));
    } catch (MlserveException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public List<RemoteEntry> list(String path) {
    return ask(
        path,
        (fs, folder) -> {
          List<RemoteEntry> entries = new ArrayList<>();
          for (FileStatus status : fs.listStatus(folder)) {
            String name = RemotePath.checkName(status.getPath().getName(), root.resolve(path));
            entries.add(entry(name, status));
          }
          entries.sort(Comparator.comparing(RemoteEntry::name));
          return entries;
        });
  }

  @Override
  public RemoteStream open(String path, long offset, Optional<Validator> validator) {
    return ask(
        path,
        (fs, file) -> {
          RemoteEntry entry = entry(RemotePath.last(path), fs.getFileStatus(file));
          if (entry.folder()) {
            throw new MlserveException(
                ErrorCode.INVALID_ARGUMENT, root.resolve(path) + " is a folder (expected: a file)");
          }
          boolean same =
              validator.isPresent()
                  && validator.equals(entry.validator())
                  && offset <= entry.size().orElse(0);
          FSDataInputStream bytes = fs.open(file);
          if (same) {
            bytes.seek(offset);
          }
          return new RemoteStream(new InterruptibleStream(bytes), same ? offset : 0, entry);
        });
  }

  private static RemoteEntry entry(String name, FileStatus status) {
    if (status.isDirectory()) {
      return RemoteEntry.folder(name);
    }
    return new RemoteEntry(
        name,
        false,
        OptionalLong.of(status.getLen()),
        Optional.of(Instant.ofEpochMilli(status.getModificationTime())),
        Optional.of(new Validator(status.getModificationTime() + " " + status.getLen(), true)));
  }

  @Override
  public MlserveException failure(String path, IOException failure) {
    String what = root.resolve(path).toString();
    IOException e =
        failure instanceof RemoteException remote ? remote.unwrapRemoteException() : failure;
    if (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)) {
      Thread.currentThread().interrupt(); // the library has taken the flag away
    }
    if (e instanceof FileNotFoundException) {
      return new MlserveException(ErrorCode.NOT_FOUND, "no such file: " + what, e);
    }
    if (e instanceof AccessControlException) {
      return new MlserveException(
          ErrorCode.PERMISSION_DENIED, "may not read " + what + ": " + firstLine(e), e);
    }
    if (e instanceof KerberosAuthException || e instanceof SaslException) {
      return new MlserveException(
          ErrorCode.UNAUTHENTICATED, what + " refuses the login: " + firstLine(e), e);
    }
    return Failures.of(e, what);
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    files.close();
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
