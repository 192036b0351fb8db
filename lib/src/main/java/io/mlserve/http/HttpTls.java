package io.mlserve.http;

import io.mlserve.tls.TlsFiles;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import javax.net.ssl.SSLException;

/** A certificate in Netty's form. */
final class HttpTls {
  private HttpTls() {}

  static SslContext read(TlsFiles files) {
    files.requireReadable();
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(files.certificate().toFile(), files.key().toFile());
      if (files.clientAuthority().isPresent()) {
        builder.trustManager(files.clientAuthority().get().toFile()).clientAuth(ClientAuth.REQUIRE);
      }
      return builder.build();
    } catch (SSLException | IllegalArgumentException e) {
      throw files.unusable(e);
    }
  }
}
