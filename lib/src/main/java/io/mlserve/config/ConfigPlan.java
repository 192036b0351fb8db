package io.mlserve.config;

import io.mlserve.serving.ModelSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What a new configuration would change.
 *
 * @param unchanged names of models that stay as they are
 */
public record ConfigPlan(
    List<ModelSettings> added, List<Change> changed, List<String> removed, List<String> unchanged) {

  /** One model that will be served in another way. */
  public record Change(ModelSettings before, ModelSettings after) {
    /** What is different, such as {@code versions: latest 1 -> all}. */
    public String text() {
      StringJoiner differences = new StringJoiner(", ");
      add(differences, "path", before.folder().path(), after.folder().path());
      add(
          differences,
          "timestamp-file",
          before.folder().timestampFile(),
          after.folder().timestampFile());
      add(differences, "versions", before.policy(), after.policy());
      add(differences, "labels", before.labels(), after.labels());
      return differences.toString();
    }

    private static void add(StringJoiner to, String what, Object before, Object after) {
      if (!before.equals(after)) {
        to.add(what + ": " + before + " -> " + after);
      }
    }
  }

  /** The plan that leads from {@code now} to {@code next}. */
  public static ConfigPlan between(List<ModelSettings> now, List<ModelSettings> next) {
    Map<String, ModelSettings> left = new LinkedHashMap<>();
    now.forEach(model -> left.put(model.name().text(), model));
    List<ModelSettings> added = new ArrayList<>();
    List<Change> changed = new ArrayList<>();
    List<String> unchanged = new ArrayList<>();
    for (ModelSettings model : next) {
      ModelSettings before = left.remove(model.name().text());
      if (before == null) {
        added.add(model);
      } else if (before.equals(model)) {
        unchanged.add(model.name().text());
      } else {
        changed.add(new Change(before, model));
      }
    }
    return new ConfigPlan(added, changed, List.copyOf(left.keySet()), unchanged);
  }

  public boolean isEmpty() {
    return added.isEmpty() && changed.isEmpty() && removed.isEmpty();
  }

  /** One line a change, for logs. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    added.forEach(model -> lines.add("add " + model.name() + " from " + model.folder().path()));
    changed.forEach(change -> lines.add("change " + change.after().name() + " " + change.text()));
    removed.forEach(name -> lines.add("remove " + name));
    return lines;
  }
}
