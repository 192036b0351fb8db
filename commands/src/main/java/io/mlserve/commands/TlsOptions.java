package io.mlserve.commands;

import io.mlserve.tls.TlsFiles;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whether {@code serve} speaks TLS. */
final class TlsOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description =
          "Speak TLS on every port, with the certificate in FILE (PEM, intermediate ones after it).")
  private Optional<Path> certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The certificate's key (PEM, PKCS 8, not encrypted).")
  private Optional<Path> key;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description = "Let in only clients with a certificate of the authorities in FILE (PEM).")
  private Optional<Path> clientAuthority;

  /** The files, or empty for plain text. */
  Optional<TlsFiles> files() {
    if (certificate.isPresent() != key.isPresent()
        || (clientAuthority.isPresent() && certificate.isEmpty())) {
      throw new ParameterException(
          spec.commandLine(),
          (certificate.isPresent() ? "--tls-certificate" : "--tls-key or --tls-client-ca")
              + " alone (expected: --tls-certificate with --tls-key)");
    }
    return certificate.flatMap(file -> key.map(ofIt -> new TlsFiles(file, ofIt, clientAuthority)));
  }
}
