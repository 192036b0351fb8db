package io.mlserve.bench;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** How long this process has collected garbage so far: the load generator stands still then. */
record GcTime(long millis) {
  static GcTime now() {
    long millis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      millis += Math.max(0, collector.getCollectionTime());
    }
    return new GcTime(millis);
  }

  Duration since() {
    return Duration.ofMillis(now().millis - millis);
  }
}
