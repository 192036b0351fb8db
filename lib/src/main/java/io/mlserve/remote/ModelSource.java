package io.mlserve.remote;

import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * One remote tree of files, opened at a {@link SourceUri} by {@link ModelSources#open}. Paths are
 * relative to that root, use {@code /}, and never leave it; the empty path is the root itself,
 * which may be a single file.
 *
 * <p>Every method has finite time limits, connects again by itself when a connection was lost, and
 * fails with a {@link MlserveException}: {@code UNAVAILABLE} or {@code DEADLINE_EXCEEDED} for what
 * may pass by itself, {@code UNAUTHENTICATED} or {@code PERMISSION_DENIED}, {@code
 * INVALID_ARGUMENT}, {@code DATA_LOSS}. "It is not there" and "I could not find out" are never the
 * same answer. A thread that is interrupted while it waits gets {@code ABORTED} and keeps its
 * interrupt flag. Opening connects to nothing.
 *
 * <p>{@code toString()} names the tree for messages, without secrets. Not thread-safe: one owner,
 * who closes it.
 */
public interface ModelSource extends AutoCloseable {
  /** What is known of {@code path}, or empty if the source answered that there is no such thing. */
  Optional<RemoteEntry> stat(String path);

  /**
   * The direct children of the folder {@code path}, by name; {@code NOT_FOUND} if there is none.
   * Their names are plain names: a source that sends others fails with {@code DATA_LOSS}. Sizes,
   * times and validators may be missing here even where {@link #stat} has them.
   */
  List<RemoteEntry> list(String path);

  /**
   * Opens the file {@code path} at {@code offset}. When the file is no longer the one that {@code
   * validator} names, when that is absent or not strong, or when the source cannot start in the
   * middle, the stream starts at zero: look at {@link RemoteStream#offset()}. {@code NOT_FOUND} if
   * there is no such file.
   */
  RemoteStream open(String path, long offset, Optional<Validator> validator);

  /** What it means that reading a stream of {@code path} failed. */
  default MlserveException failure(String path, IOException failure) {
    return Failures.of(failure, this + (path.isEmpty() ? "" : ", " + path));
  }

  /** As {@link SourceUri#identity} of where it was opened. */
  String identity();

  @Override
  void close();
}
