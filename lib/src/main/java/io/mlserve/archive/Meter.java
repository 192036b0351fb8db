package io.mlserve.archive;

/**
 * Counts bytes and members of one archive as they pass and refuses the first one too many. Limits
 * are checked before a byte is written, so the disk never holds more than they allow.
 */
final class Meter {
  // A header without content (a gzip comment, a skippable frame) must not be read for ever.
  private static final long LONGEST_SILENCE = 16L << 20;

  private final UnpackLimits limits;
  private long consumed;
  private long consumedAtOutput;
  private long expanded;
  private long written;
  private long members;

  Meter(UnpackLimits limits) {
    this.limits = limits;
  }

  /** {@code count} bytes of the archive itself were read. */
  void consumed(long count) {
    consumed += count;
  }

  /** As {@link #consumed}, from a decompressor's source. */
  void consumedCompressed(long count) {
    consumed(count);
    if (consumed - consumedAtOutput > LONGEST_SILENCE) {
      throw Refusal.damaged(LONGEST_SILENCE + " bytes of the archive hold no content");
    }
  }

  /** {@code count} bytes came out of the decompressor, headers and padding included. */
  void expanded(long count) {
    expanded += count;
    consumedAtOutput = consumed;
    checkRatio(expanded);
  }

  /** {@code count} bytes are about to be written, holes of sparse files included. */
  void written(long count) {
    written += count;
    if (written > limits.maxBytes()) {
      throw tooManyBytes();
    }
    checkRatio(written);
  }

  /** A file says that it has {@code size} bytes. */
  void announced(long size) {
    if (size > limits.maxBytes() - written) {
      throw tooManyBytes();
    }
  }

  /** A member, or a folder that one implies. */
  void member() {
    members++;
    if (members > limits.maxEntries()) {
      throw tooManyMembers();
    }
  }

  /** The archive says that it has {@code count} members. */
  void announcedMembers(long count) {
    if (count > limits.maxEntries()) {
      throw tooManyMembers();
    }
  }

  void depth(EntryPath path) {
    if (path.segments().size() > limits.maxDepth()) {
      throw Refusal.limit(
          "member "
              + SafeText.quote(path.toString())
              + " lies "
              + path.segments().size()
              + " names deep (limit: "
              + limits.maxDepth()
              + ")");
    }
  }

  long maxBytes() {
    return limits.maxBytes();
  }

  private void checkRatio(long out) {
    if (out > UnpackLimits.FREE_BYTES && out / limits.maxRatio() > consumed) {
      throw Refusal.limit(
          consumed
              + " bytes unpack to "
              + out
              + " and more (limit: "
              + limits.maxRatio()
              + " times as many)");
    }
  }

  private RuntimeException tooManyBytes() {
    return Refusal.limit("unpacks to more than " + limits.maxBytes() + " bytes (the limit)");
  }

  private RuntimeException tooManyMembers() {
    return Refusal.limit("holds more than " + limits.maxEntries() + " entries (the limit)");
  }
}
