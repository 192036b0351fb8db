package io.mlserve.remote;

import java.util.OptionalLong;

/** Told how far a download is, often and on the downloading thread: must be quick. */
@FunctionalInterface
public interface Progress {
  /**
   * Called after each piece that arrived.
   *
   * @param bytes of the whole that are on this disk now, what an earlier run left included
   * @param total the whole, if the source says
   */
  void at(long bytes, OptionalLong total);

  static Progress none() {
    return (bytes, total) -> {};
  }
}
