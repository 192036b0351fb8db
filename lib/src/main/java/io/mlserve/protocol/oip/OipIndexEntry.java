package io.mlserve.protocol.oip;

import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.ServedModel;
import io.mlserve.serving.VersionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One version of one model in the index of the repository.
 *
 * @param version empty for a model of which no version was ever seen
 * @param state in Triton's words
 * @param reason why it is not ready, or why its files could not be loaded again; may be empty
 */
record OipIndexEntry(String name, String version, String state, String reason) {
  static final String READY = "READY";

  /**
   * Every version that is known of. Whether one is ready is asked of what routes requests, so that
   * the index never promises what an inference does not keep.
   */
  static List<OipIndexEntry> all(ModelRegistry models) {
    List<OipIndexEntry> entries = new ArrayList<>();
    for (ServedModel model : models.all()) {
      String name = model.name().text();
      List<VersionStatus> versions = model.versions();
      Set<Long> loaded = Set.copyOf(model.loadedVersions());
      for (VersionStatus status : versions) {
        entries.add(
            new OipIndexEntry(
                name,
                Long.toString(status.version()),
                state(status, loaded.contains(status.version())),
                reason(status)));
      }
      if (versions.isEmpty()) {
        entries.add(new OipIndexEntry(name, "", "UNAVAILABLE", "no version was found yet"));
      }
    }
    return entries;
  }

  private static String reason(VersionStatus status) {
    return status
        .failure()
        .map(VersionStatus.Failure::message)
        .orElse(status.state() == VersionStatus.State.END ? "unloaded" : "");
  }

  private static String state(VersionStatus status, boolean routed) {
    if (routed) {
      return READY;
    }
    return switch (status.state()) {
      case LOADING -> "LOADING";
      case AVAILABLE, UNLOADING -> "UNLOADING"; // the first: it left between two looks
      case END -> "UNAVAILABLE";
    };
  }
}
