package io.mlserve.commands;

import io.mlserve.archive.UnpackLimits;
import picocli.CommandLine.Option;

/** How much an archive may unpack to: for every command that unpacks. */
public final class UnpackLimitOptions {
  @Option(
      names = "--max-bytes",
      paramLabel = "SIZE",
      defaultValue = "64GiB",
      description =
          "Refuse an archive whose files have more than SIZE bytes together"
              + " (default: ${DEFAULT-VALUE}).")
  private ByteSize maxBytes;

  @Option(
      names = "--max-ratio",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "Refuse an archive that grows to more than N times its size once 64 MiB have come out of"
              + " it (default: ${DEFAULT-VALUE}).")
  private long maxRatio;

  @Option(
      names = "--max-entries",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Refuse more than N files and folders (default: ${DEFAULT-VALUE}).")
  private int maxEntries;

  @Option(
      names = "--max-depth",
      paramLabel = "N",
      defaultValue = "32",
      description = "Refuse paths of more than N names (default: ${DEFAULT-VALUE}).")
  private int maxDepth;

  /** What was asked for; {@code INVALID_ARGUMENT} for a number that is too small. */
  public UnpackLimits limits() {
    return new UnpackLimits(maxBytes.bytes(), maxRatio, maxEntries, maxDepth);
  }
}
