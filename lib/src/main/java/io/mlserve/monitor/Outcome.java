package io.mlserve.monitor;

import io.mlserve.error.MlserveException;
import io.mlserve.store.InstalledVersion;
import java.util.OptionalLong;

/** What one pass of a monitor came to. */
public sealed interface Outcome {
  /** A new version is served. */
  record Installed(InstalledVersion version) implements Outcome {}

  /**
   * What is published is not what is served, and nothing was done about it.
   *
   * @param bytes length of what would be fetched, if the source says
   */
  record Due(OptionalLong bytes) implements Outcome {}

  /** What is published is what is served. */
  record UpToDate() implements Outcome {}

  /** The source has no donefile: nothing is published. */
  record Absent() implements Outcome {}

  /** The source could not be asked what is published. */
  record Unreadable(MlserveException failure) implements Outcome {}

  /** What is published failed before and is not yet due to be tried again. */
  record Waiting(MlserveException failure) implements Outcome {}

  /** What is published could not be installed; what was served still is. */
  record Failed(MlserveException failure) implements Outcome {}
}
