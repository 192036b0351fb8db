package io.mlserve.grpc;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.mlserve.tls.TlsFiles;
import java.io.IOException;

/** A certificate in gRPC's form. */
final class GrpcTls {
  private GrpcTls() {}

  static ServerCredentials read(TlsFiles files) {
    files.requireReadable();
    try {
      TlsServerCredentials.Builder builder =
          TlsServerCredentials.newBuilder()
              .keyManager(files.certificate().toFile(), files.key().toFile());
      if (files.clientAuthority().isPresent()) {
        builder
            .trustManager(files.clientAuthority().get().toFile())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
      }
      return builder.build();
    } catch (IOException e) {
      throw files.unusable(e);
    }
  }
}
