package io.mlserve.commands;

import io.mlserve.grpc.GrpcLimits;
import io.mlserve.grpc.GrpcOptions;
import io.mlserve.server.ServerOptions;
import io.mlserve.tls.TlsFiles;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How {@code serve} listens for gRPC. */
final class GrpcServeOptions {
  private static final int USUAL_PORT = 8500;

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT|off",
      converter = PortConverter.class,
      description =
          "Port for gRPC; 0 for a free one (default: 8500, or none if that is taken; a free one with"
              + " --port 0).")
  private Optional<Port> port;

  @Option(
      names = "--grpc-port-file",
      paramLabel = "FILE",
      description = "Write the port for gRPC to FILE once the server listens.")
  private Optional<Path> portFile;

  /**
   * Those that HTTP has as well.
   *
   * @param maxBody of a request: what one message may have
   */
  record Limits(ByteSize maxBody, int connections) {
    int messageBytes() {
      return (int) Math.min(maxBody.bytes(), Integer.MAX_VALUE);
    }
  }

  /** A port, or none. */
  private record Port(Optional<Integer> number) {}

  /** For picocli. */
  private static final class PortConverter implements ITypeConverter<Port> {
    @Override
    public Port convert(String text) {
      if (text.equals("off")) {
        return new Port(Optional.empty());
      }
      if (text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= 65535) {
        return new Port(Optional.of(Integer.parseInt(text)));
      }
      throw new TypeConversionException("'" + text + "' (expected: 0 to 65535, or off)");
    }
  }

  /** Where to write the port. */
  Optional<Path> portFile() {
    return portFile;
  }

  /**
   * Empty if gRPC is off.
   *
   * @param dataPort for HTTP, as asked for
   * @param limits what of those of HTTP holds for gRPC too
   */
  Optional<ServerOptions.Grpc> options(
      String host, int dataPort, Limits limits, Optional<TlsFiles> tls) {
    int usual = dataPort == 0 ? 0 : USUAL_PORT;
    return port.map(Port::number)
        .orElse(Optional.of(usual))
        .map(
            number ->
                new ServerOptions.Grpc(
                    new GrpcOptions(
                        new InetSocketAddress(host, number),
                        GrpcLimits.defaults()
                            .withMaxMessageBytes(limits.messageBytes())
                            .withMaxConnections(limits.connections()),
                        tls),
                    port.isPresent()));
  }
}
