package io.mlserve.server;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the process as a whole uses: processor, memory, files, threads; and when it started. */
final class ProcessMetrics extends Collector {
  private static final Path STATUS = Path.of("/proc/self/status");

  @Override
  public List<MetricFamilySamples> collect() {
    List<MetricFamilySamples> families = new ArrayList<>();
    process(families);
    machine(families);
    return families;
  }

  private static void process(List<MetricFamilySamples> families) {
    families.add(
        new GaugeMetricFamily(
            "process_start_time_seconds",
            "When the process started, in seconds since 1970.",
            ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0));
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      families.add(
          new CounterMetricFamily(
              "process_cpu_seconds_total",
              "Time on processors, user and system.",
              system.getProcessCpuTime() / 1e9));
    }
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      families.add(
          new GaugeMetricFamily(
              "process_open_fds",
              "Open file descriptors.",
              (double) unix.getOpenFileDescriptorCount()));
      families.add(
          new GaugeMetricFamily(
              "process_max_fds",
              "File descriptors that may be open.",
              (double) unix.getMaxFileDescriptorCount()));
    }
    long resident = residentBytes();
    if (resident > 0) {
      families.add(
          new GaugeMetricFamily(
              "process_resident_memory_bytes", "Memory resident in RAM.", (double) resident));
      long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
      families.add(
          new GaugeMetricFamily(
              "process_native_memory_bytes",
              "Memory resident in RAM that is not the heap's, about: models, buffers, code.",
              (double) Math.max(0, resident - heap)));
    }
  }

  private static void machine(List<MetricFamilySamples> families) {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    families.add(
        new GaugeMetricFamily(
            "jvm_memory_heap_used_bytes",
            "Heap in use, garbage included.",
            (double) heap.getUsed()));
    families.add(
        new GaugeMetricFamily(
            "jvm_memory_heap_max_bytes",
            "Largest size of the heap; -1 if there is no limit.",
            (double) heap.getMax()));
    families.add(
        new GaugeMetricFamily(
            "jvm_threads", "Live threads.", ManagementFactory.getThreadMXBean().getThreadCount()));
    CounterMetricFamily collections =
        new CounterMetricFamily(
            "jvm_gc_collections_total", "Garbage collections.", List.of("collector"));
    CounterMetricFamily duration =
        new CounterMetricFamily(
            "jvm_gc_duration_seconds_total", "Time in garbage collections.", List.of("collector"));
    for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections.addMetric(List.of(each.getName()), (double) each.getCollectionCount());
      duration.addMetric(List.of(each.getName()), each.getCollectionTime() / 1e3);
    }
    families.add(collections);
    families.add(duration);
  }

  // "VmRSS:     104532 kB"; only Linux has it, 0 elsewhere.
  static long residentBytes() {
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
