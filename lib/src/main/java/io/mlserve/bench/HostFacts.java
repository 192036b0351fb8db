package io.mlserve.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The machine of the load generator: figures of two machines are not to be compared.
 *
 * @param cpu what the processor calls itself; empty if the system does not say
 * @param cores that this process may use
 * @param memoryBytes of the machine or container; 0 if unknown
 * @param os name, version and architecture
 * @param governor how the first core's clock is governed, such as {@code performance}; empty if the
 *     system does not say
 * @param jvm name and version of the Java machine
 */
public record HostFacts(
    Optional<String> cpu,
    int cores,
    long memoryBytes,
    String os,
    Optional<String> governor,
    String jvm) {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path GOVERNOR =
      Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");

  /** Asks the system. What it does not tell stays empty; never fails. */
  public static HostFacts ofThisMachine() {
    return new HostFacts(
        cpuName(),
        Runtime.getRuntime().availableProcessors(),
        memory(),
        property("os.name") + " " + property("os.version") + " " + property("os.arch"),
        firstLine(GOVERNOR),
        property("java.vm.name") + " " + property("java.vm.version"));
  }

  private static Optional<String> cpuName() {
    if (!Files.isReadable(CPU)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(CPU)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> firstLine(Path file) {
    try {
      return Files.isReadable(file)
          ? Files.readAllLines(file).stream().findFirst()
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static long memory() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    return system instanceof com.sun.management.OperatingSystemMXBean known
        ? known.getTotalMemorySize()
        : 0;
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }
}
