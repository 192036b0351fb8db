package io.mlserve.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.Models;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDigestTest {
  @TempDir private Path folder;

  private String shell(String command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("sh", "-c", command).directory(folder.toFile()).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return "sha256:" + said.substring(0, 64);
  }

  @Test
  void isWhatTheShellComputesOfTheFile() throws IOException, InterruptedException {
    Models.write(Models.halfPlus(2), folder.resolve("model.onnx"));
    Files.writeString(folder.resolve("notes.txt"), "no part of the model");

    assertThat(ModelDigest.of(folder.resolve("model.onnx")))
        .isEqualTo(Optional.of(shell("sha256sum model.onnx")));
  }

  @Test
  void weightsInAnotherFileCount() throws IOException, InterruptedException {
    Models.write(Models.external("w.bin"), folder.resolve("model.onnx"));
    Files.write(folder.resolve("w.bin"), new byte[] {0, 0, 0, 1});
    Optional<String> before = ModelDigest.of(folder.resolve("model.onnx"));
    assertThat(before).isEqualTo(Optional.of(shell("sha256sum model.onnx w.bin | sha256sum")));

    Files.write(folder.resolve("w.bin"), new byte[] {0, 0, 0, 2});
    assertThat(ModelDigest.of(folder.resolve("model.onnx"))).isNotEqualTo(before).isNotEmpty();
  }

  @Test
  void whatCannotBeReadHasNone() throws IOException {
    assertThat(ModelDigest.of(folder.resolve("absent.onnx"))).isEmpty();
    Models.write(Models.external("absent.bin"), folder.resolve("model.onnx"));
    assertThat(ModelDigest.of(folder.resolve("model.onnx"))).isEmpty();
  }
}
