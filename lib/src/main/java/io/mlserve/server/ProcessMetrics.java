package io.mlserve.server;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the process as a whole uses: memory, threads, start time. */
final class ProcessMetrics extends Collector {
  private static final Path STATUS = Path.of("/proc/self/status");

  @Override
  public List<MetricFamilySamples> collect() {
    List<MetricFamilySamples> families = new ArrayList<>();
    families.add(
        new GaugeMetricFamily(
            "process_start_time_seconds",
            "When the process started, in seconds since 1970.",
            ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0));
    families.add(
        new GaugeMetricFamily(
            "jvm_memory_heap_used_bytes",
            "Heap in use, garbage included.",
            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()));
    families.add(
        new GaugeMetricFamily(
            "jvm_threads", "Live threads.", ManagementFactory.getThreadMXBean().getThreadCount()));
    long resident = residentBytes();
    if (resident > 0) {
      families.add(
          new GaugeMetricFamily(
              "process_resident_memory_bytes", "Memory resident in RAM.", resident));
    }
    return families;
  }

  // "VmRSS:     104532 kB"; only Linux has it.
  private static long residentBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.toLowerCase(Locale.ROOT).startsWith("vmrss:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException e) {
      return 0; // not Linux
    }
    return 0;
  }
}
