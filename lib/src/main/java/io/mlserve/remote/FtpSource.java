package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPFile;
import org.apache.commons.net.ftp.FTPReply;

/**
 * An FTP server, in passive mode. What a file's state is called comes from MDTM and SIZE, else from
 * MLST, else from LIST, whose minutes are too coarse to continue a download on.
 */
final class FtpSource implements ModelSource {
  private final SourceUri root;
  private final FtpConnection connection;

  FtpSource(SourceUri root, SourceOptions options) {
    this.root = root;
    this.connection = new FtpConnection(root, options);
  }

  @Override
  public Optional<RemoteEntry> stat(String path) {
    RemotePath.check(path);
    return connection.ask(at(path), client -> stat(client, path));
  }

  private Optional<RemoteEntry> stat(FTPClient client, String path) throws IOException {
    if (client.size(server(path)) == FTPReply.FILE_STATUS) {
      OptionalLong size = OptionalLong.of(Long.parseLong(replyText(client)));
      return Optional.of(file(client, path, size));
    }
    if (FtpConnection.isUnknownCommand(client)) {
      return listed(client, path).map(entry -> fileOr(entry, RemotePath.last(path)));
    }
    if (client.getReplyCode() != FTPReply.FILE_UNAVAILABLE) {
      throw FtpConnection.failure(client, at(path));
    }
    if (FTPReply.isPositiveCompletion(client.cwd(server(path)))) {
      return Optional.of(RemoteEntry.folder(RemotePath.last(path)));
    }
    MlserveException failure = FtpConnection.failure(client, at(path));
    if (failure.code() == ErrorCode.NOT_FOUND) {
      return Optional.empty();
    }
    throw failure;
  }

  private RemoteEntry file(FTPClient client, String path, OptionalLong size) throws IOException {
    Optional<Instant> exact = exactTime(client, path);
    Optional<Instant> modified =
        exact.isPresent() ? exact : listed(client, path).flatMap(RemoteEntry::modified);
    return entry(RemotePath.last(path), size, modified, exact.isPresent());
  }

  private static RemoteEntry entry(
      String name, OptionalLong size, Optional<Instant> modified, boolean exact) {
    Optional<Validator> validator =
        modified.map(time -> new Validator(time + " " + size.orElse(-1), exact));
    return new RemoteEntry(name, false, size, modified, validator);
  }

  private static RemoteEntry fileOr(RemoteEntry listed, String name) {
    return listed.folder()
        ? RemoteEntry.folder(name)
        : entry(name, listed.size(), listed.modified(), false);
  }

  private Optional<Instant> exactTime(FTPClient client, String path) throws IOException {
    Instant time = client.mdtmInstant(server(path));
    if (time != null) {
      return Optional.of(time);
    }
    if (!FTPReply.isNegativePermanent(client.getReplyCode())) {
      throw FtpConnection.failure(client, at(path));
    }
    FTPFile facts = client.mlistFile(server(path));
    if (facts == null && !FTPReply.isNegativePermanent(client.getReplyCode())) {
      throw FtpConnection.failure(client, at(path));
    }
    return Optional.ofNullable(facts).map(FTPFile::getTimestampInstant);
  }

  // What the listing of its folder says; the root itself is in none that could be asked for.
  private Optional<RemoteEntry> listed(FTPClient client, String path) throws IOException {
    String file = server(path);
    String name = RemotePath.last(file);
    String folder = RemotePath.parent(file);
    try {
      return Optional.ofNullable(
          FtpListing.read(client, folder.isEmpty() ? "/" : folder, at(path)).get(name));
    } catch (MlserveException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  // The reply without its code.
  private static String replyText(FTPClient client) {
    return client.getReplyString().substring(3).strip();
  }

  @Override
  public List<RemoteEntry> list(String path) {
    RemotePath.check(path);
    return connection.ask(
        at(path),
        client -> new ArrayList<>(FtpListing.read(client, server(path), at(path)).values()));
  }

  @Override
  public RemoteStream open(String path, long offset, Optional<Validator> validator) {
    RemoteEntry file =
        stat(path)
            .orElseThrow(
                () -> new MlserveException(ErrorCode.NOT_FOUND, "no such file: " + at(path)));
    if (file.folder()) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, at(path) + " is a folder (expected: a file)");
    }
    boolean same =
        validator.isPresent()
            && validator.get().strong()
            && validator.equals(file.validator())
            && offset <= file.size().orElse(0);
    return connection.ask(at(path), client -> retrieve(client, path, same ? offset : 0, file));
  }

  private RemoteStream retrieve(FTPClient client, String path, long offset, RemoteEntry file)
      throws IOException {
    client.setRestartOffset(offset);
    InputStream data = client.retrieveFileStream(server(path));
    long start = offset;
    if (data == null && offset > 0 && FTPReply.isNegativePermanent(client.getReplyCode())) {
      start = 0; // it does not know REST
      data = client.retrieveFileStream(server(path));
    }
    if (data == null) {
      throw FtpConnection.failure(client, at(path));
    }
    return new RemoteStream(new FtpStream(data, connection, client), start, file);
  }

  @Override
  public void close() {
    connection.close();
  }

  // The path as the server is asked for it, whole: what it takes for its current folder is no
  // matter.
  private String server(String path) {
    String base = connection.absolute(root.path());
    if (path.isEmpty()) {
      return base;
    }
    return base.endsWith("/") ? base + path : base + "/" + path;
  }

  private String at(String path) {
    return root.resolve(path).toString();
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
