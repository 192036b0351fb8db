package io.mlserve.grpc;

import io.mlserve.tls.TlsFiles;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * How the engine listens.
 *
 * @param address port 0 for a free one
 * @param tls plain text without it
 */
public record GrpcOptions(InetSocketAddress address, GrpcLimits limits, Optional<TlsFiles> tls) {}
