package io.mlserve.commands;

import io.mlserve.metrics.ForeignNames;
import io.mlserve.server.MetricsOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code serve} shows and remembers of its own traffic. */
final class MetricsServeOptions {
  private static final Set<String> OWN_LABELS =
      Set.of("model", "version", "protocol", "selector", "code", "outcome", "le", "state");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description =
          "Keep the history of traffic and the list of retired versions in DIR, so that they"
              + " survive a restart; each server needs a folder of its own.")
  private Optional<Path> state;

  @Option(
      names = "--metrics-retain",
      paramLabel = "TIME",
      defaultValue = "25h",
      description =
          "How long the metrics of a version stay after it was unloaded (default:"
              + " ${DEFAULT-VALUE}).")
  private Duration retain;

  @Option(
      names = "--metrics-compat",
      paramLabel = "SERVER",
      split = ",",
      description =
          "Show metrics under the names of other servers too: tfs-fork, tfs, triton, paddle, seldon;"
              + " several with commas.")
  private List<String> compat = List.of();

  @Option(
      names = "--metrics-extra-label",
      paramLabel = "KEY=VALUE",
      description = "A label that every metric gets; repeatable.")
  private Map<String, String> labels = Map.of();

  /** As the library wants them; a usage error if a name is unknown. */
  MetricsOptions options() {
    Set<ForeignNames> others = EnumSet.noneOf(ForeignNames.class);
    for (String name : compat) {
      others.add(server(name));
    }
    for (String label : labels.keySet()) {
      if (!label.matches("[a-zA-Z_][a-zA-Z0-9_]*") || OWN_LABELS.contains(label)) {
        throw usage("--metrics-extra-label: " + label + " (expected: a label that is free)");
      }
    }
    return new MetricsOptions(retain, state, others, labels, build(), OptionSheet.of(spec));
  }

  private ForeignNames server(String name) {
    for (ForeignNames each : ForeignNames.values()) {
      if (each.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(name)) {
        return each;
      }
    }
    throw usage("--metrics-compat: " + name + " (expected: tfs-fork, tfs, triton, paddle, seldon)");
  }

  private static SortedMap<String, String> build() {
    Map<String, String> parts = Version.details();
    SortedMap<String, String> build = new TreeMap<>();
    build.put("version", parts.getOrDefault("mlserve", ""));
    build.put("ort", parts.getOrDefault("onnxruntime", ""));
    build.put("jvm", parts.getOrDefault("java", ""));
    return build;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
