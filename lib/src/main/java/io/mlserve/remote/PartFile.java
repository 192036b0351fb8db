package io.mlserve.remote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The first bytes of a file, beside its target as {@code <target>.part}, and a note of whose bytes
 * they are, so that a later run may go on where this one stopped. Bytes without a note are worth
 * nothing.
 *
 * <p>The note names the boot of the machine as well: what a killed process wrote is still there,
 * what was not synced before a power cut may not be.
 */
final class PartFile {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path target;
  private final Path bytes;
  private final Path note;
  private final String owner;

  /**
   * @param origin names the remote file, whoever asks for it
   */
  PartFile(Path target, String origin) {
    this.target = target;
    this.bytes = target.resolveSibling(target.getFileName() + ".part");
    this.note = target.resolveSibling(target.getFileName() + ".part.note");
    this.owner = Checksum.of(origin.getBytes(StandardCharsets.UTF_8)) + " " + boot();
  }

  static String boot() {
    try {
      return Files.readString(BOOT).strip();
    } catch (IOException e) {
      return "unknown"; // not Linux: a power cut cannot be told from a kill
    }
  }

  Path path() {
    return bytes;
  }

  /** The state of the remote file that the bytes belong to, if they can be continued. */
  Optional<Validator> validator() throws IOException {
    try {
      List<String> lines = Files.readAllLines(note);
      boolean ours = lines.size() == 2 && lines.get(0).equals(owner) && Files.exists(bytes);
      return ours
          ? Optional.of(new Validator(PercentCoding.decode(lines.get(1)), true))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // no note of ours
    }
  }

  long length() throws IOException {
    return Files.size(bytes);
  }

  /** Starts at zero with bytes of this state, and opens them for writing. */
  FileChannel restart(Optional<Validator> validator) throws IOException {
    Files.deleteIfExists(note); // first: old bytes must never carry a new note
    FileChannel channel =
        FileChannel.open(
            bytes,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    channel.truncate(0);
    Optional<Validator> strong = validator.filter(Validator::strong);
    if (strong.isPresent()) {
      writeNote(strong.get());
    }
    return channel;
  }

  /** Opens the bytes that are there for more. */
  FileChannel resume() throws IOException {
    return FileChannel.open(
        bytes, StandardOpenOption.APPEND, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  }

  private void writeNote(Validator validator) throws IOException {
    String text = owner + "\n" + PercentCoding.encode(validator.token()) + "\n";
    try (FileChannel channel =
        FileChannel.open(note, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  /** Makes the complete, synced bytes the target. */
  void publish() throws IOException {
    Files.deleteIfExists(note);
    LocalDisk.publish(bytes, target);
  }

  void discard() throws IOException {
    Files.deleteIfExists(note);
    Files.deleteIfExists(bytes);
  }
}
