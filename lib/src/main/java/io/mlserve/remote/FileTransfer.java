package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One attempt to bring one file here: from where the last attempt stopped if the remote file is
 * still the same, else from its start. When it fails, what came so far stays for the next attempt.
 */
final class FileTransfer {
  private static final int BUFFER = 1 << 17;

  private final ModelSource source;
  private final String path;
  private final Path target;
  private final PartFile part;
  private final long mostBytes;
  private final Progress progress;

  FileTransfer(ModelSource source, String path, Path target, long mostBytes, Progress progress) {
    this.source = source;
    this.path = path;
    this.target = target;
    this.part = new PartFile(target, source.identity() + " " + path);
    this.mostBytes = mostBytes;
    this.progress = progress;
  }

  /** What came, and from where on it came in this attempt. */
  record Result(long bytes, Checksum sha256, long resumedFrom, Optional<Validator> validator) {}

  /** Runs the attempt; afterwards the target is there, complete, verified and synced. */
  Result run(Optional<Checksum> expected) {
    try {
      Optional<Validator> have = part.validator();
      long offset = have.isPresent() ? part.length() : 0;
      try (RemoteStream stream = source.open(path, offset, have)) {
        Result result = receive(stream);
        recheck(result);
        verify(result, expected);
        part.publish();
        return result;
      }
    } catch (IOException e) {
      throw LocalDisk.failure(target, e);
    }
  }

  private Result receive(RemoteStream stream) throws IOException {
    long start = stream.offset();
    OptionalLong size = stream.file().size();
    if (size.isPresent() && size.getAsLong() > mostBytes) {
      throw tooLarge(size.getAsLong());
    }
    MessageDigest digest = Checksum.digest();
    try (FileChannel out = start > 0 ? part.resume() : part.restart(stream.file().validator())) {
      if (size.isPresent()) {
        LocalDisk.requireSpace(target, size.getAsLong() - start);
      }
      if (start > 0) {
        digestFirst(start, digest);
      }
      long end = copy(stream, out, digest);
      out.force(true);
      if (size.isPresent() && end != size.getAsLong()) {
        throw new MlserveException(
            end < size.getAsLong() ? ErrorCode.UNAVAILABLE : ErrorCode.ABORTED,
            what() + " ended at byte " + end + " (expected: " + size.getAsLong() + ")");
      }
      return new Result(end, Checksum.end(digest), start, stream.file().validator());
    }
  }

  // What an earlier attempt left is part of the digest too.
  private void digestFirst(long count, MessageDigest digest) throws IOException {
    try (InputStream in = Files.newInputStream(part.path())) {
      byte[] buffer = new byte[BUFFER];
      long left = count;
      while (left > 0) {
        int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (n < 0) {
          throw new IOException("it became shorter");
        }
        digest.update(buffer, 0, n);
        left -= n;
      }
    }
  }

  private long copy(RemoteStream stream, FileChannel out, MessageDigest digest) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long at = stream.offset();
    progress.at(at, stream.file().size());
    for (int n = read(stream, buffer); n >= 0; n = read(stream, buffer)) {
      if (n > mostBytes - at) {
        throw tooLarge(at + n);
      }
      ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      digest.update(buffer, 0, n);
      at += n;
      progress.at(at, stream.file().size());
    }
    return at;
  }

  private int read(RemoteStream stream, byte[] buffer) {
    try {
      return stream.bytes().read(buffer);
    } catch (IOException e) {
      throw source.failure(path, e);
    }
  }

  // A file that was written over while it was read is neither the old nor the new one.
  private void recheck(Result result) throws IOException {
    Optional<String> now = source.stat(path).flatMap(RemoteEntry::validator).map(Validator::token);
    Optional<String> then = result.validator().map(Validator::token);
    if (then.isPresent() && !now.equals(then)) {
      part.discard();
      throw new MlserveException(ErrorCode.ABORTED, what() + " changed while it was read");
    }
  }

  private void verify(Result result, Optional<Checksum> expected) throws IOException {
    if (expected.isPresent() && !expected.get().equals(result.sha256())) {
      part.discard();
      // the fault may lie in what an earlier run left: only a whole attempt can tell
      throw new MlserveException(
          result.resumedFrom() > 0 ? ErrorCode.ABORTED : ErrorCode.DATA_LOSS,
          what() + " has sha256 " + result.sha256() + " (expected: " + expected.get() + ")");
    }
  }

  private MlserveException tooLarge(long bytes) {
    return new MlserveException(
        ErrorCode.RESOURCE_EXHAUSTED,
        what() + " has " + bytes + " bytes or more (expected: at most " + mostBytes + ")");
  }

  private String what() {
    return path.isEmpty() ? source.toString() : path + " of " + source;
  }
}
