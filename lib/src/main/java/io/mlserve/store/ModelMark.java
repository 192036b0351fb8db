package io.mlserve.store;

import java.util.NavigableMap;

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
   * A base folder without a timestamp file: its versions, newest first, each with all that is known
   * of its files. Any of them may still be growing while it is being copied.
   */
  record Numbered(NavigableMap<Long, String> versions) implements ModelMark {}
}
