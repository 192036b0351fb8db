package io.mlserve.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ModelName;
import io.mlserve.serving.ModelSettings;
import io.mlserve.store.ModelFolder;
import io.mlserve.version.VersionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
  @TempDir private Path folder;

  private List<ModelSettings> read(String text) {
    try {
      Path file = Files.writeString(folder.resolve("models"), text);
      return new ConfigFile(file, "done").read().models();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private ModelSettings model(
      String name, Path path, String stamp, VersionPolicy policy, Map<String, Long> labels) {
    return new ModelSettings(new ModelName(name), new ModelFolder(path, stamp), policy, labels);
  }

  @Test
  void yamlListsModels() {
    assertThat(
            read(
                """
                models:
                  - name: price
                    path: models/price
                    versions: {latest: 2}
                    labels: {stable: 3, canary: 5}
                    timestamp-file: ready
                  - {name: rank, path: /models/rank, versions: all}
                  - {name: 7, path: ../up, versions: [3, 5]}
                  - {name: plain, path: plain}
                """))
        .containsExactly(
            model(
                "price",
                folder.resolve("models/price"),
                "ready",
                new VersionPolicy.Latest(2),
                Map.of("stable", 3L, "canary", 5L)),
            model("rank", Path.of("/models/rank"), "done", new VersionPolicy.All(), Map.of()),
            model(
                "7",
                folder.resolveSibling("up"),
                "done",
                new VersionPolicy.Specific(Set.of(3L, 5L)),
                Map.of()),
            model("plain", folder.resolve("plain"), "done", VersionPolicy.NEWEST, Map.of()));
  }

  @Test
  void tensorFlowServingsTextIsTakenAsItIs() {
    assertThat(
            read(
                """
                # comment
                model_config_list {
                  config {
                    name: "half_plus_two"
                    base_path: "/models/half_plus_two"
                    model_platform: "tensorflow"
                    model_version_policy { latest { num_versions: 2 } }
                    version_labels { key: "stable" value: 123 }
                  }
                  config: { name: 'b', base_path: '/models/b', model_version_policy: { all: {} } }
                  config { name: "c" base_path: "/c" model_version_policy { specific { versions: 3 versions: 5 } }
                    logging_config { sampling_config { sampling_rate: 0.01 } } }
                }
                """))
        .containsExactly(
            model(
                "half_plus_two",
                Path.of("/models/half_plus_two"),
                "done",
                new VersionPolicy.Latest(2),
                Map.of("stable", 123L)),
            model("b", Path.of("/models/b"), "done", new VersionPolicy.All(), Map.of()),
            model(
                "c", Path.of("/c"), "done", new VersionPolicy.Specific(Set.of(3L, 5L)), Map.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "models: 7 | models: '7' (expected: a list)",
        "model: [] | the file: 'model' (expected: one of models)",
        "'' | the file: nothing (expected: keys models)",
        "models: [{name: a}] | models[0].path: nothing (expected: text)",
        "models: [{name: a, path: b, x: 1}] | models[0]: 'x' (expected: one of",
        "models: [{name: a/b, path: b}] | model name 'a/b'",
        "models: [{name: a, path: b}, {name: a, path: c}] | models[1]: a second model called 'a'",
        "models: [{name: a, path: b, versions: newest}] | models[0].versions: 'newest' (expected: all",
        "models: [{name: a, path: b, versions: {latest: 0}}] | a number from 1 on",
        "models: [{name: a, path: b, versions: [x]}] | a version number",
        "models: [{name: a, path: b, labels: {s: -1}}] | models[0].labels.s: '-1'",
        "models: [{name: a, path: b | line 1",
        "'models: [{name: a, name: b, path: c}]' | duplicate key name",
        "model_config_list { config { name: 'a' } } | model 'a' has no base_path",
        "model_config_list { config { nam: 'a' } } | models: 1:",
        "model_config_list { config { name: 'a' base_path: 'b' model_platform: 'caffe' } } | 'caffe'",
        "custom_model_config { } | custom_model_config is not offered",
      })
  void whatIsWrongIsNamed(String text, String message) {
    assertThatExceptionOfType(MlserveException.class)
        .isThrownBy(() -> read(text))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .withMessageContaining(message.strip());
  }

  @Test
  void fileThatIsNotThereIsNamed() {
    assertThatExceptionOfType(MlserveException.class)
        .isThrownBy(() -> new ConfigFile(folder.resolve("none"), "done").read())
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }

  @Test
  void tritonsFileSetsThePolicy() throws IOException {
    Path model = Files.createDirectories(folder.resolve("m"));
    ModelFolder at = new ModelFolder(model, "done");
    assertThat(TritonConfig.settings(new ModelName("m"), at).policy())
        .isEqualTo(VersionPolicy.NEWEST);
    Files.writeString(
        model.resolve("config.pbtxt"),
        """
        name: "m"
        backend: "onnxruntime"
        max_batch_size: 8
        input [ { name: "x" data_type: TYPE_FP32 dims: [ -1 ] } ]
        version_policy: { specific: { versions: [ 1, 3 ] } }
        dynamic_batching { max_queue_delay_microseconds: 100 }
        field_of_a_later_version: 7
        """);
    assertThat(TritonConfig.settings(new ModelName("m"), at).policy())
        .isEqualTo(new VersionPolicy.Specific(Set.of(1L, 3L)));
    assertThat(TritonConfig.in(model).orElseThrow().unused())
        .containsExactlyInAnyOrder("max_batch_size", "dynamic_batching");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: 'other' | name: 'other' (expected: 'm'",
        "backend: 'python' | backend: 'python'",
        "platform: 'ensemble' | platform: 'ensemble'",
        "sequence_batching {} | sequence_batching is not offered",
        "model_transaction_policy { decoupled: true } | decoupled models are not offered",
        "default_model_filename: 'model.plan' | default_model_filename: 'model.plan'",
        "version_policy { specific {} } | names no versions",
        "name = 7 | config.pbtxt: 1:"
      })
  void tritonModelsOfAnotherKindAreRefused(String text, String message) throws IOException {
    Path model = Files.createDirectories(folder.resolve("m"));
    Files.writeString(model.resolve("config.pbtxt"), text);
    assertThatExceptionOfType(MlserveException.class)
        .isThrownBy(() -> TritonConfig.in(model))
        .withMessageContaining(message.strip());
  }

  @Test
  void planSaysWhatWouldChange() {
    ModelSettings a = model("a", Path.of("/a"), "done", VersionPolicy.NEWEST, Map.of());
    ModelSettings b = model("b", Path.of("/b"), "done", VersionPolicy.NEWEST, Map.of());
    ModelSettings c = model("c", Path.of("/c"), "done", VersionPolicy.NEWEST, Map.of());
    ModelSettings all = model("b", Path.of("/b2"), "done", new VersionPolicy.All(), Map.of());
    ConfigPlan plan = ConfigPlan.between(List.of(a, b), List.of(all, c));
    assertThat(plan.lines())
        .containsExactly(
            "add c from /c", "change b path: /b -> /b2, versions: latest 1 -> all", "remove a");
    assertThat(ConfigPlan.between(List.of(a, b), List.of(b, a)).isEmpty()).isTrue();
  }
}
