package io.mlserve.bench;

import io.mlserve.bench.JsonValue.Listing;
import io.mlserve.bench.JsonValue.Members;
import io.mlserve.bench.JsonValue.Text;
import io.mlserve.bench.JsonValue.Truth;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Asks a server about a model before the load begins, and finds out that it is not there. */
final class ModelProbe {
  private static final int LONGEST_EXCERPT = 200;

  private final Target target;
  private final Transport transport;
  private final Duration timeout;

  ModelProbe(Target target, Transport transport, Duration timeout) {
    this.target = target;
    this.transport = transport;
    this.timeout = timeout;
  }

  ServedModel describe() {
    JsonValue status = get(target.statusPath());
    List<JsonValue> versions =
        status instanceof Members m && m.members().get("model_version_status") instanceof Listing l
            ? l.items()
            : List.of();
    return new ServedModel(
        versions.stream()
            .filter(version -> text(version, "state").equals("AVAILABLE"))
            .map(version -> text(version, "version"))
            .findFirst());
  }

  List<InputSpec> inputs() {
    JsonValue metadata = get(target.metadataPath());
    JsonValue signatures = inside(metadata, "metadata", "signature_def", "signature_def");
    JsonValue inputs = inside(signatures, "serving_default", "inputs");
    List<InputSpec> specs = new ArrayList<>();
    // sorted, so that the same seed gives the same bodies
    new TreeMap<>(members(inputs)).forEach((name, input) -> specs.add(spec(name, input)));
    return specs;
  }

  private InputSpec spec(String name, JsonValue input) {
    JsonValue shape = inside(input, "tensor_shape");
    if (shape instanceof Members m
        && m.members().get("unknown_rank") instanceof Truth unknown
        && unknown.value()) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "input '" + name + "': the server does not say its shape (expected: a known shape)");
    }
    List<Long> sizes = new ArrayList<>();
    if (shape instanceof Members m && m.members().get("dim") instanceof Listing dims) {
      dims.items().forEach(dim -> sizes.add(size(name, text(dim, "size"))));
    }
    return new InputSpec(name, text(input, "dtype"), sizes);
  }

  private long size(String name, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw unexpected(target.metadataPath(), "input '" + name + "' has the size '" + text + "'");
    }
  }

  private JsonValue inside(JsonValue value, String... path) {
    JsonValue inner = value;
    for (String name : path) {
      JsonValue next = members(inner).get(name);
      if (next == null) {
        throw unexpected(target.metadataPath(), "it has no '" + name + "'");
      }
      inner = next;
    }
    return inner;
  }

  private static Map<String, JsonValue> members(JsonValue value) {
    return value instanceof Members members ? members.members() : Map.of();
  }

  private static String text(JsonValue value, String name) {
    JsonValue member = members(value).get(name);
    return member instanceof Text text
        ? text.value()
        : member instanceof JsonValue.Whole number ? number.value().toString() : "";
  }

  private JsonValue get(String path) {
    EventLoop loop = transport.loops().get(0);
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    HttpConnection connection = new HttpConnection(transport, loop, timeout, new Completing(reply));
    ByteBuf request = Requests.get(target, path);
    loop.execute(() -> connection.send(request));
    try {
      return judge(path, reply.get());
    } catch (ExecutionException e) {
      throw new IllegalStateException("a reply never fails but is judged", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MlserveException(ErrorCode.ABORTED, "interrupted before the load began", e);
    } finally {
      loop.execute(connection::close);
      loop.execute(request::release);
    }
  }

  private JsonValue judge(String path, Reply reply) {
    if (reply.failure != null) {
      throw new MlserveException(
              ErrorCode.UNAVAILABLE, target.base() + ": " + reply.failure.detail())
          .withHint("is the server running, and is this its REST port?");
    }
    switch (reply.status) {
      case 200 -> {
        try {
          return JsonReader.read(
              new ByteArrayInputStream(reply.body.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
          throw unexpected(path, "not JSON: " + JsonReader.reason(e));
        }
      }
      case 401 -> throw refused(ErrorCode.UNAUTHENTICATED, path, reply);
      case 403 -> throw refused(ErrorCode.PERMISSION_DENIED, path, reply);
      case 404 ->
          throw refused(ErrorCode.NOT_FOUND, path, reply)
              .withHint("'GET " + target.base().resolve("/v1/models") + "' may list the models");
      default -> throw refused(ErrorCode.UNAVAILABLE, path, reply);
    }
  }

  private MlserveException refused(ErrorCode code, String path, Reply reply) {
    String body = reply.body.replaceAll("\\s+", " ").strip();
    String excerpt =
        body.length() > LONGEST_EXCERPT ? body.substring(0, LONGEST_EXCERPT) + "..." : body;
    return new MlserveException(
        code, "model '%s': GET %s: %d %s".formatted(target.model(), path, reply.status, excerpt));
  }

  private MlserveException unexpected(String path, String what) {
    return new MlserveException(
        ErrorCode.DATA_LOSS,
        "answer to GET %s: %s (expected: what TensorFlow Serving answers)".formatted(path, what));
  }

  /** What came back: an answer, or else a failure. */
  private record Reply(int status, String body, @Nullable Failure failure) {}

  private record Completing(CompletableFuture<Reply> reply) implements HttpConnection.Listener {
    @Override
    public void answered(int status, ByteBuf body, long atNanos) {
      reply.complete(new Reply(status, body.toString(StandardCharsets.UTF_8), null));
    }

    @Override
    public void failed(Failure failure) {
      reply.complete(new Reply(0, "", failure));
    }
  }
}
