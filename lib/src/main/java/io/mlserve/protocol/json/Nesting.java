package io.mlserve.protocol.json;

import java.util.Arrays;

/**
 * The shape that nested arrays have: the first array at each depth says how long the others there
 * must be, and the first element, or empty array, how deep all elements lie. For one tensor, on one
 * thread.
 */
public final class Nesting {
  public static final int MOST_DIMENSIONS = 32;

  private static final int USUAL_DIMENSIONS = 4;
  private static final int UNKNOWN = -1;

  private long[] lengths = new long[USUAL_DIMENSIONS];
  private int known; // bit d: an array at depth d was closed
  private int rank = UNKNOWN;
  private int markedKnown;
  private int markedRank = UNKNOWN;

  /** Whether an element may lie below {@code depth} arrays. */
  public boolean settleRank(int depth) {
    if (rank == UNKNOWN) {
      rank = depth;
    }
    return rank == depth;
  }

  /** Whether an array of {@code length} values may end at {@code depth}, the outermost being 0. */
  public boolean close(int depth, long length) {
    if ((known & 1 << depth) == 0) {
      set(depth, length);
    }
    return lengths[depth] == length;
  }

  /** Says how long the arrays at {@code depth} are, whatever was seen of them. */
  public void set(int depth, long length) {
    if (depth >= lengths.length) {
      lengths = Arrays.copyOf(lengths, MOST_DIMENSIONS);
    }
    lengths[depth] = length;
    known |= 1 << depth;
  }

  /** How long the arrays at {@code depth} are, one of which was closed. */
  public long length(int depth) {
    return lengths[depth];
  }

  /** As many as elements, or empty arrays, are deep; 0 before one was seen. */
  public int rank() {
    return Math.max(rank, 0);
  }

  /** The lengths down to the rank. */
  public long[] dims() {
    return Arrays.copyOf(lengths, rank());
  }

  /** Remembers what is known, for {@link #reset}. */
  void mark() {
    markedKnown = known;
    markedRank = rank;
  }

  /** Forgets what was seen since {@link #mark}. */
  void reset() {
    known = markedKnown;
    rank = markedRank;
  }
}
