package io.mlserve.store;

import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Tells models apart by their bytes: {@code sha256:} and the SHA-256 of the model file, as {@code
 * sha256sum} prints it. A model that keeps tensors in other files gets the SHA-256 of what {@code
 * sha256sum} prints for all of its files, the model file first and the others by name:
 *
 * <pre>{@code
 * cd FOLDER && sha256sum model.onnx a.data b.data | sha256sum
 * }</pre>
 */
public final class ModelDigest {
  private ModelDigest() {}

  /** Reads all files of {@code model}; empty if one cannot be read. */
  public static Optional<String> of(Path model) {
    try {
      NavigableSet<String> data = new TreeSet<>();
      ExternalDataScanner.scan(
          model, place -> Optional.ofNullable(place.get("location")).ifPresent(data::add));
      String own = ContentDigest.ofFile(model);
      return Optional.of("sha256:" + (data.isEmpty() ? own : together(model, own, data)));
    } catch (IOException | InvalidPathException | MlserveException e) {
      return Optional.empty();
    }
  }

  private static String together(Path model, String own, NavigableSet<String> data)
      throws IOException {
    StringBuilder lines = new StringBuilder(own + "  " + model.getFileName() + "\n");
    for (String name : data) {
      lines.append(ContentDigest.ofFile(model.resolveSibling(name)));
      lines.append("  ").append(name).append('\n');
    }
    try {
      byte[] text = lines.toString().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
