package io.mlserve.monitor;

import io.mlserve.archive.UnpackLimits;
import io.mlserve.change.Backoff;
import io.mlserve.remote.Checksum;
import io.mlserve.remote.DownloadLimits;
import io.mlserve.remote.ModelSource;
import io.mlserve.remote.RetryPolicy;
import java.nio.file.Path;
import java.util.Optional;

/** What a monitor brings where, and how hard it tries. */
public record MonitorPlan(Published published, Served served, Effort effort) {
  /**
   * What is published, as paths relative to the source.
   *
   * @param model a file or a folder
   * @param donefile changes when the model is complete
   * @param unpackedName the one top folder or file of the archive that is the model; without it
   *     archives are recognised by their content, and a single top folder is the model
   * @param expected digest that the model file must have, whatever the donefile says
   */
  public record Published(
      String model, String donefile, Optional<String> unpackedName, Optional<Checksum> expected) {
    /** Names this publication of {@code source} in the state file, without secrets. */
    String of(ModelSource source) {
      return source + " " + donefile + " " + model;
    }
  }

  /**
   * What is served.
   *
   * @param model the name that the server reads; becomes a link to a version
   * @param temporary where pulls and unpacking happen
   * @param timestampName the file in the model folder whose change tells the server
   * @param stateFile what was applied last; by default it lies beside the versions
   * @param keep how many old versions stay, at least one
   */
  public record Served(
      Path model, Path temporary, String timestampName, Optional<Path> stateFile, int keep) {}

  /**
   * How hard to try.
   *
   * @param retry within one pull
   * @param backoff between attempts to apply the same donefile
   */
  public record Effort(
      DownloadLimits download, UnpackLimits unpack, RetryPolicy retry, Backoff backoff) {}
}
