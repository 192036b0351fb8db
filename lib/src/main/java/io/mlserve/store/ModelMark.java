package io.mlserve.store;

/**
 * What was seen of a model folder that tells one state of its content from another, compared by
 * {@code equals}.
 */
public sealed interface ModelMark {
  /** The timestamp file says that what lies there is complete. */
  record Touched(Stamp stamp) implements ModelMark {}

  /** A model lies there and nobody has ever touched a timestamp file. */
  record Untouched() implements ModelMark {}

  /**
   * A base folder without a timestamp file: its newest version and all that is known of that
   * version's files. It may still be growing while it is being copied.
   */
  record Numbered(long version, String files) implements ModelMark {}
}
