package io.mlserve.commands;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Which mlserve this is, and on what it runs. Loads no native library. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {line()};
  }

  /** The program and its version. */
  static String line() {
    return "mlserve " + built().getProperty("mlserve");
  }

  /** True if a command line asks for the version and nothing else. */
  static boolean isAllOf(String... arguments) {
    return arguments.length == 1 && (arguments[0].equals("--version") || arguments[0].equals("-V"));
  }

  /** Names and versions of the parts, the program first. */
  static Map<String, String> details() {
    Properties built = built();
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("mlserve", built.getProperty("mlserve"));
    buildId().ifPresent(id -> parts.put("build", id));
    parts.put("java", System.getProperty("java.vm.version"));
    parts.put("java_home", System.getProperty("java.home"));
    parts.put("onnxruntime", built.getProperty("onnxruntime"));
    parts.put("hadoop", built.getProperty("hadoop"));
    parts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    parts.put("arch", System.getProperty("os.arch"));
    return parts;
  }

  private static Properties built() {
    Properties built = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      built.load(in);
    } catch (IOException e) {
      throw new IllegalStateException("version.properties", e);
    }
    return built;
  }

  // The distribution has it beside the jar that the launcher starts; a run from classes has none.
  private static Optional<String> buildId() {
    Path file = Path.of(System.getProperty("java.class.path", "")).resolveSibling("build-id");
    try {
      return Files.isRegularFile(file)
          ? Optional.of(Files.readString(file).strip())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
