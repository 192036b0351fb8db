package io.mlserve.protocol.oip;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** What this server says of itself. */
final class OipServer {
  static final String NAME = "mlserve";
  static final String VERSION = version();

  /** What its models run on, in Triton's words. */
  static final String PLATFORM = "onnxruntime_onnx";

  private OipServer() {}

  /**
   * The extensions that are there: clients turn features on by their names.
   *
   * @param repository whether models can be listed, loaded and unloaded where this is asked
   */
  static List<String> extensions(boolean repository) {
    List<String> extensions =
        new ArrayList<>(
            List.of(
                "classification",
                "binary_tensor_data",
                "parameters",
                "statistics",
                "model_configuration"));
    if (repository) {
      extensions.add("model_repository");
    }
    return extensions;
  }

  private static String version() {
    Properties built = new Properties();
    try (InputStream in = OipServer.class.getResourceAsStream("server.properties")) {
      built.load(in);
    } catch (IOException e) {
      throw new IllegalStateException("server.properties", e);
    }
    return built.getProperty("version");
  }
}
