package io.mlserve.serving;

import io.mlserve.model.ModelName;
import io.mlserve.store.ModelFolder;
import io.mlserve.version.VersionPolicy;
import java.util.Map;

/**
 * What is to be served under one name.
 *
 * @param labels names for versions; a labelled version is loaded whatever the policy says, as soon
 *     as it lies there
 */
public record ModelSettings(
    ModelName name, ModelFolder folder, VersionPolicy policy, Map<String, Long> labels) {
  public ModelSettings {
    labels = Map.copyOf(labels);
  }

  /** The newest version of what lies in {@code folder}. */
  public static ModelSettings of(ModelName name, ModelFolder folder) {
    return new ModelSettings(name, folder, VersionPolicy.NEWEST, Map.of());
  }
}
