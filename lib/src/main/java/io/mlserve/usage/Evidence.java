package io.mlserve.usage;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of one version over a window, at all servers together.
 *
 * @param traffic what was asked of it
 * @param coverage the share of the window, 0 to 1, for which that is known at every server
 * @param standing its place among the versions of its model
 */
public record Evidence(ModelVersion version, Traffic traffic, double coverage, Standing standing) {
  /**
   * What was asked of a version.
   *
   * @param peak highest average over an hour, in requests per second
   * @param requests in the window
   * @param last empty if it is not known that there ever was one
   * @param inFlight now
   * @param addressed requests in the window by what they named: {@code default}, {@code label},
   *     {@code version}; empty if that is not known
   */
  public record Traffic(
      double peak,
      double requests,
      Optional<Instant> last,
      double inFlight,
      Map<String, Double> addressed) {
    public Traffic {
      addressed = Map.copyOf(addressed);
    }
  }
}
