package io.mlserve.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentDigestTest {
  @TempDir Path folder;

  @Test
  void isWhatTheShellComputes() throws IOException, InterruptedException {
    ModelTree.write(
        folder,
        Map.of(
            "model.onnx", "one", "a/b.bin", "two", "a.bin", "", "Z", "z", "fluid_time_file", "t"));
    String shell =
        "find . -type f ! -path ./fluid_time_file -printf '%P\\0' | LC_ALL=C sort -z |"
            + " xargs -0 sha256sum | sha256sum";
    Process process = new ProcessBuilder("sh", "-c", shell).directory(folder.toFile()).start();
    String expected = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();

    assertThat(ContentDigest.of(folder, "fluid_time_file")).isEqualTo(expected.substring(0, 64));
  }

  @Test
  void aNameAndAContentBothCount() throws IOException {
    String first = ContentDigest.of(ModelTree.write(folder.resolve("1"), Map.of("a", "x")), "t");
    String name = ContentDigest.of(ModelTree.write(folder.resolve("2"), Map.of("b", "x")), "t");
    String text = ContentDigest.of(ModelTree.write(folder.resolve("3"), Map.of("a", "y")), "t");

    assertThat(first).isNotEqualTo(name).isNotEqualTo(text);
  }
}
