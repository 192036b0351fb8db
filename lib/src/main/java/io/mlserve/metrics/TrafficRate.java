package io.mlserve.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one version had to do between two scrapes.
 *
 * @param now as of the later scrape
 * @param requestsPerSecond answered, whatever the answer
 * @param errorShare of them that failed, 0 to 1; 0 if there were none
 * @param latency of them
 */
public record TrafficRate(
    ModelTraffic now, double requestsPerSecond, double errorShare, Buckets latency) {

  /**
   * The versions of the later scrape, in its order. Counters that began anew count from zero.
   *
   * @param seconds between the two
   */
  public static List<TrafficRate> between(
      ServerTraffic before, ServerTraffic after, double seconds) {
    List<TrafficRate> rates = new ArrayList<>();
    for (ModelTraffic now : after.versions()) {
      Optional<ModelTraffic> then =
          before.versions().stream()
              .filter(each -> each.model().equals(now.model()))
              .filter(each -> each.version().equals(now.version()))
              .findFirst();
      rates.add(then.map(was -> since(was, now, seconds)).orElseGet(() -> fresh(now, seconds)));
    }
    return rates;
  }

  private static TrafficRate since(ModelTraffic was, ModelTraffic now, double seconds) {
    if (now.requests() < was.requests()) {
      return fresh(now, seconds);
    }
    double requests = now.requests() - was.requests();
    double errors = Math.max(0, now.errors() - was.errors());
    return new TrafficRate(
        now, requests / seconds, share(errors, requests), now.latency().since(was.latency()));
  }

  private static TrafficRate fresh(ModelTraffic now, double seconds) {
    return new TrafficRate(
        now, now.requests() / seconds, share(now.errors(), now.requests()), now.latency());
  }

  private static double share(double part, double whole) {
    return whole > 0 ? part / whole : 0;
  }
}
