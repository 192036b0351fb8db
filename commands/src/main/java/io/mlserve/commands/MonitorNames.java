package io.mlserve.commands;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What things are called at the source and here, in the words of Paddle Serving's monitor. */
final class MonitorNames {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"--remote-model-name", "--remote_model_name"},
      required = true,
      paramLabel = "NAME",
      description = "The model: a file, an archive or a folder.")
  private String remoteModelName;

  @Option(
      names = {"--remote-donefile-name", "--remote_donefile_name"},
      required = true,
      paramLabel = "NAME",
      description = "The file whose change means that a new model is complete.")
  private String remoteDonefileName;

  @Option(
      names = {"--local-path", "--local_path"},
      required = true,
      paramLabel = "LOCAL_PATH",
      description = "Folder for the model; made if it is missing.")
  private Path localPath;

  @Option(
      names = {"--local-model-name", "--local_model_name"},
      required = true,
      paramLabel = "NAME",
      description = "Name of the model there: what 'mlserve serve --model' is given.")
  private String localModelName;

  @Option(
      names = {"--local-timestamp-file", "--local_timestamp_file"},
      paramLabel = "NAME",
      defaultValue = "fluid_time_file",
      description = "File in the model written after each install (default: ${DEFAULT-VALUE}).")
  private String timestampFile;

  @Option(
      names = {"--local-tmp-path", "--local_tmp_path"},
      paramLabel = "PATH",
      defaultValue = "_serving_monitor_tmp",
      description = "Folder for pulls, seen from LOCAL_PATH (default: ${DEFAULT-VALUE}).")
  private Path tmpPath;

  @Option(
      names = {"--unpacked-filename", "--unpacked_filename"},
      paramLabel = "NAME",
      description =
          "What the model is called inside its archive (default: the only folder at the top, else"
              + " all that is in it).")
  private Optional<String> unpackedFilename;

  /** The model, seen from the source's folder. */
  String remoteModel() {
    return relative("--remote-model-name", remoteModelName);
  }

  /** The donefile, seen from the source's folder. */
  String donefile() {
    return relative("--remote-donefile-name", remoteDonefileName);
  }

  /** What the server is given. */
  Path model() {
    return localPath.resolve(localModelName);
  }

  String timestampFile() {
    return timestampFile;
  }

  /** Where pulls go. */
  Path temporary() {
    return localPath.resolve(tmpPath);
  }

  Optional<String> unpacked() {
    return unpackedFilename;
  }

  private String relative(String option, String path) {
    String relative = path.replaceAll("^/+|/+$", "");
    if (relative.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), option + ": '" + path + "' (expected: a name in --remote-path)");
    }
    return relative;
  }
}
