package io.mlserve.commands;

import io.mlserve.server.ServerOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How {@code serve} listens to operators. */
final class AdminOptions {
  private static final String OFF = "off";
  private static final int USUAL_PORT = 8502;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--admin-host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address for operators: status, load, unload, labels, configuration (default:"
              + " ${DEFAULT-VALUE}, this machine only).")
  private String host;

  @Option(
      names = "--admin-port",
      paramLabel = "PORT|off",
      description =
          "Port for operators; 0 for a free one (default: 8502, or none if that is taken; a free one"
              + " with --port 0).")
  private Optional<String> port;

  @Option(
      names = "--admin-port-file",
      paramLabel = "FILE",
      description = "Write the port for operators to FILE once the server listens.")
  private Optional<Path> portFile;

  @Option(
      names = "--admin-token-file",
      paramLabel = "FILE",
      description =
          "Let in only operators who show the token in FILE, as Authorization: Bearer TOKEN.")
  private Optional<Path> tokenFile;

  @Option(names = "--no-ui", description = "Show no status page at /ui on the port for operators.")
  private boolean noUi;

  @Option(
      names = "--repository-api",
      paramLabel = "on|off",
      defaultValue = "off",
      description =
          "Offer loading and unloading to clients of the Open Inference Protocol too, on the data"
              + " ports (default: ${DEFAULT-VALUE}).")
  private OnOff modelControl;

  /**
   * The listener, unless it is switched off.
   *
   * @param dataPort as asked for
   */
  Optional<ServerOptions.Admin> admin(int dataPort) {
    if (port.isPresent() && port.get().equals(OFF)) {
      return Optional.empty();
    }
    int usual = dataPort == 0 ? 0 : USUAL_PORT;
    return Optional.of(
        new ServerOptions.Admin(
            new InetSocketAddress(host, port.isPresent() ? number(port.get()) : usual),
            port.isPresent(),
            tokenFile,
            !noUi));
  }

  private int number(String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= 65535) {
        return number;
      }
    } catch (NumberFormatException e) {
      // falls through: it is no number
    }
    throw new ParameterException(
        spec.commandLine(), "--admin-port: " + text + " (expected: 0 to 65535, or off)");
  }

  /** Whether clients of the data ports may load and unload models. */
  boolean modelControl() {
    return modelControl == OnOff.ON;
  }

  Optional<Path> portFile() {
    return portFile;
  }

  String host() {
    return host;
  }
}
