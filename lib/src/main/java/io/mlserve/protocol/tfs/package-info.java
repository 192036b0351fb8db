/**
 * TensorFlow Serving's dialect: REST v1.
 *
 * <p>Start at {@link io.mlserve.protocol.tfs.TfsRest}. URLs, JSON and status codes follow
 * TensorFlow Serving 2.x ({@code model_servers/http_rest_api_handler.cc}, {@code
 * util/json_tensor.cc}), so that its clients need no change; {@code GET /v1/models} is an addition.
 *
 * <p>Which version answers is decided in {@code serving}; sockets belong to {@code http}.
 */
@NullMarked
package io.mlserve.protocol.tfs;

import org.jspecify.annotations.NullMarked;
