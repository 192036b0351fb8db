package io.mlserve.bench;

import io.mlserve.model.InferRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** One request as it is sent again and again: encoded before the first one. */
public sealed interface Request {
  /**
   * For a server that speaks HTTP.
   *
   * @param path with the query, if any
   * @param headers besides those that every request has
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes to be sent, compared by nobody
  record Http(String method, String path, List<Header> headers, byte[] body) implements Request {
    public Http {
      headers = List.copyOf(headers);
      body = Arrays.copyOf(body, body.length);
    }

    /** The same with its body packed, and a header that says so; itself if it has no body. */
    Http compressed() {
      if (body.length == 0) {
        return this;
      }
      ByteArrayOutputStream packed = new ByteArrayOutputStream(body.length);
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(body);
      } catch (IOException e) {
        throw new UncheckedIOException("an array in memory refused bytes", e);
      }
      List<Header> more = new ArrayList<>(headers);
      more.add(new Header("Content-Encoding", "gzip"));
      return new Http(method, path, more, packed.toByteArray());
    }
  }

  /**
   * For a server that speaks gRPC.
   *
   * @param method such as {@code inference.GRPCInferenceService/ModelInfer}
   * @param message encoded
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes to be sent, compared by nobody
  record Grpc(String method, byte[] message) implements Request {
    public Grpc {
      message = Arrays.copyOf(message, message.length);
    }
  }

  /** For a model in this process; tensors lie in memory that stays valid as long as this does. */
  record Local(InferRequest call) implements Request {}
}
