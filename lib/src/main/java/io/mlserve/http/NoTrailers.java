package io.mlserve.http;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;

/**
 * Where fields behind a chunked body go: nowhere. None of them means anything here, and every
 * request, chunked or not, would pay for a place to keep them.
 */
final class NoTrailers extends EmptyHttpHeaders implements HttpHeadersFactory {
  @Override
  public HttpHeaders newHeaders() {
    return this;
  }

  @Override
  public HttpHeaders newEmptyHeaders() {
    return this;
  }

  @Override
  public HttpHeaders add(String name, Object value) {
    return this;
  }

  @Override
  public HttpHeaders add(String name, Iterable<?> values) {
    return this;
  }
}
