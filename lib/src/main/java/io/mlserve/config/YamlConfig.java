package io.mlserve.config;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ModelName;
import io.mlserve.serving.ModelSettings;
import io.mlserve.store.ModelFolder;
import io.mlserve.version.VersionPolicy;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Our own configuration, in YAML:
 *
 * <pre>
 * models:
 *   - name: price
 *     path: /models/price          # relative to the file's folder
 *     versions: {latest: 2}        # or all, or [3, 5]; the newest one if left out
 *     labels: {stable: 3}
 *     timestamp-file: done         # as --timestamp-file if left out
 * </pre>
 *
 * A key that is not known is refused: it would have been meant.
 */
final class YamlConfig {
  private static final Set<String> MODEL_KEYS =
      Set.of("name", "path", "versions", "labels", "timestamp-file");

  private YamlConfig() {}

  /** {@code INVALID_ARGUMENT} names the place and what is expected there. */
  static List<ModelSettings> parse(String text, Path folder, String timestampFile) {
    Map<String, Object> top = map("the file", load(text), Set.of("models"));
    if (!(top.get("models") instanceof List<?> list)) {
      throw invalid("models", top.get("models"), "a list");
    }
    List<ModelSettings> models = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      String place = "models[" + i + "]";
      ModelSettings model = model(place, list.get(i), folder, timestampFile);
      if (!names.add(model.name().text())) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT, place + ": a second model called '" + model.name() + "'");
      }
      models.add(model);
    }
    return models;
  }

  private static @Nullable Object load(String text) {
    LoadSettings settings = LoadSettings.builder().setAllowDuplicateKeys(false).build();
    try {
      return new Load(settings).loadFromString(text);
    } catch (MarkedYamlEngineException e) {
      String place =
          e.getProblemMark().map(mark -> "line " + (mark.getLine() + 1) + ": ").orElse("");
      throw new MlserveException(ErrorCode.INVALID_ARGUMENT, place + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          e);
    }
  }

  private static ModelSettings model(
      String place, @Nullable Object value, Path folder, String timestampFile) {
    Map<String, Object> model = map(place, value, MODEL_KEYS);
    String file =
        model.containsKey("timestamp-file") ? text(place, model, "timestamp-file") : timestampFile;
    return new ModelSettings(
        new ModelName(text(place, model, "name")),
        new ModelFolder(path(place, folder, text(place, model, "path")), file),
        model.containsKey("versions")
            ? policy(place + ".versions", model.get("versions"))
            : VersionPolicy.NEWEST,
        model.containsKey("labels") ? labels(place + ".labels", model.get("labels")) : Map.of());
  }

  private static Path path(String place, Path folder, String path) {
    try {
      return folder.resolve(path).normalize();
    } catch (InvalidPathException e) {
      throw invalid(place + ".path", path, "a path");
    }
  }

  private static VersionPolicy policy(String place, @Nullable Object value) {
    String expected = "all, latest, {latest: N} or a list of versions";
    if ("all".equals(value)) {
      return new VersionPolicy.All();
    }
    if ("latest".equals(value)) {
      return VersionPolicy.NEWEST;
    }
    if (value instanceof List<?> list && !list.isEmpty()) {
      Set<Long> versions = new LinkedHashSet<>();
      list.forEach(version -> versions.add(number(place, version, 0, "a version number")));
      return new VersionPolicy.Specific(versions);
    }
    if (value instanceof Map<?, ?>) {
      Map<String, Object> map = map(place, value, Set.of("latest"));
      long count = number(place + ".latest", map.get("latest"), 1, "a number from 1 on");
      return new VersionPolicy.Latest((int) Math.min(count, Integer.MAX_VALUE));
    }
    throw invalid(place, value, expected);
  }

  private static Map<String, Long> labels(String place, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw invalid(place, value, "names with version numbers");
    }
    Map<String, Long> labels = new LinkedHashMap<>();
    map.forEach(
        (label, version) ->
            labels.put(
                String.valueOf(label),
                number(place + "." + label, version, 0, "a version number")));
    return labels;
  }

  private static long number(String place, @Nullable Object value, long least, String expected) {
    if ((value instanceof Integer || value instanceof Long)
        && ((Number) value).longValue() >= least) {
      return ((Number) value).longValue();
    }
    throw invalid(place, value, expected);
  }

  private static String text(String place, Map<String, Object> from, String key) {
    Object value = from.get(key);
    if (value instanceof String text && !text.isEmpty()) {
      return text;
    }
    if (value instanceof Integer || value instanceof Long) {
      return String.valueOf(value); // a model may be called 7
    }
    throw invalid(place + "." + key, value, "text");
  }

  private static Map<String, Object> map(String place, @Nullable Object value, Set<String> known) {
    if (!(value instanceof Map<?, ?> map)) {
      throw invalid(place, value, "keys " + known(known));
    }
    Map<String, Object> typed = new LinkedHashMap<>();
    map.forEach(
        (key, content) -> {
          if (!known.contains(String.valueOf(key))) {
            throw invalid(place, key, "one of " + known(known));
          }
          typed.put(String.valueOf(key), content);
        });
    return typed;
  }

  private static String known(Set<String> keys) {
    return String.join(", ", keys.stream().sorted().toList());
  }

  private static MlserveException invalid(String place, @Nullable Object value, String expected) {
    String shown = value == null ? "nothing" : "'" + value + "'";
    String cut = shown.length() > 100 ? shown.substring(0, 100) + "...'" : shown;
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT, place + ": " + cut + " (expected: " + expected + ")");
  }
}
