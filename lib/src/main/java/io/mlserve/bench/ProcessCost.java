package io.mlserve.bench;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.time.Duration;

/**
 * What this process has cost so far: garbage collections, in which the load stands still, and
 * processor time, which the server does not get if it runs on the same machine.
 */
record ProcessCost(long gcMillis, long cpuNanos) {
  static ProcessCost now() {
    long millis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      millis += Math.max(0, collector.getCollectionTime());
    }
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    long cpu =
        system instanceof com.sun.management.OperatingSystemMXBean known
            ? Math.max(0, known.getProcessCpuTime())
            : 0;
    return new ProcessCost(millis, cpu);
  }

  Duration gcSince() {
    return Duration.ofMillis(now().gcMillis - gcMillis);
  }

  Duration cpuSince() {
    return Duration.ofNanos(now().cpuNanos - cpuNanos);
  }
}
