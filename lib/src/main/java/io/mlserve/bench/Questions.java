package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Asks a server one thing after the other, outside the load. */
final class Questions {
  private static final int LONGEST_EXCERPT = 200;
  private static final int OK = 200;

  private final Wire wire;
  private final Target target;
  private final Duration timeout;

  Questions(Wire wire, Target target, Duration timeout) {
    this.wire = wire;
    this.target = target;
    this.timeout = timeout;
  }

  /**
   * What came back: an answer, or else a failure.
   *
   * @param jsonLength see {@link Exchange.Listener#answered}
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Reply(int status, byte[] body, int jsonLength, @Nullable Failure failure) {
    Reply {
      body = Arrays.copyOf(body, body.length);
    }
  }

  /** Whatever comes back. */
  Reply reply(Request request) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    EventLoop loop = wire.loops().get(0);
    try (Wire.Prepared prepared = wire.prepare(List.of(request), new Schedule.Closed(1), true)) {
      Exchange exchange = prepared.exchange(loop, timeout, new Completing(reply));
      loop.execute(() -> exchange.send(0));
      try {
        return reply.get();
      } finally {
        loop.submit(exchange::close).awaitUninterruptibly();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a reply never fails but is judged", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MlserveException(ErrorCode.ABORTED, "interrupted before the load began", e);
    }
  }

  /** The JSON that the server answers to {@code GET path}. */
  JsonValue json(String path) {
    Request.Http request =
        new Request.Http(
            "GET", path, List.of(new Header("Accept", "application/json")), new byte[0]);
    Reply reply = reply(request);
    check("GET " + path, reply);
    try {
      return JsonReader.read(new ByteArrayInputStream(reply.body));
    } catch (IOException e) {
      throw unexpected("GET " + path, "not JSON: " + JsonReader.reason(e));
    }
  }

  /** The message that the server answers. */
  byte[] message(String method, byte[] message) {
    Reply reply = reply(new Request.Grpc(method, message));
    check(method, reply);
    return reply.body;
  }

  /** Says why the answer to {@code question} is none. */
  void check(String question, Reply reply) {
    Failure failure = reply.failure;
    if (failure != null && failure.kind() != Failure.Kind.GRPC) {
      throw new MlserveException(
              ErrorCode.UNAVAILABLE, target.endpoint().text() + ": " + failure.detail())
          .withHint("is the server running, and is this its port for " + target.api().word() + "?");
    }
    if (failure != null) {
      throw refused(question, grpcCode(failure), failure.label() + " " + failure.detail());
    }
    if (reply.status != OK) {
      String body = new String(reply.body, StandardCharsets.UTF_8).replaceAll("\\s+", " ").strip();
      throw refused(question, httpCode(reply.status), reply.status + " " + body);
    }
  }

  /** For an answer that is not what the API would say. */
  MlserveException unexpected(String question, String what) {
    return new MlserveException(
        ErrorCode.DATA_LOSS,
        "answer to %s: %s (expected: what %s answers)"
            .formatted(question, what, target.api().word()));
  }

  private MlserveException refused(String question, ErrorCode code, String said) {
    String excerpt =
        said.length() > LONGEST_EXCERPT ? said.substring(0, LONGEST_EXCERPT) + "..." : said;
    MlserveException refusal =
        new MlserveException(
            code, "model '%s': %s: %s".formatted(target.model(), question, excerpt));
    return code == ErrorCode.NOT_FOUND && target.api() == Api.TFS_REST
        ? refusal.withHint("'GET " + target.endpoint().text() + "/v1/models' may list the models")
        : refusal;
  }

  private static ErrorCode httpCode(int status) {
    return switch (status) {
      case 400 -> ErrorCode.INVALID_ARGUMENT;
      case 401 -> ErrorCode.UNAUTHENTICATED;
      case 403 -> ErrorCode.PERMISSION_DENIED;
      case 404 -> ErrorCode.NOT_FOUND;
      default -> ErrorCode.UNAVAILABLE;
    };
  }

  private static ErrorCode grpcCode(Failure failure) {
    return switch (failure.label()) {
      case "grpc-not-found" -> ErrorCode.NOT_FOUND;
      case "grpc-invalid-argument" -> ErrorCode.INVALID_ARGUMENT;
      case "grpc-unauthenticated" -> ErrorCode.UNAUTHENTICATED;
      case "grpc-permission-denied" -> ErrorCode.PERMISSION_DENIED;
      case "grpc-unimplemented" -> ErrorCode.UNIMPLEMENTED;
      default -> ErrorCode.UNAVAILABLE;
    };
  }

  private record Completing(CompletableFuture<Reply> reply) implements Exchange.Listener {
    @Override
    public void answered(int status, ByteBuf body, int jsonLength, long sentAt, long atNanos) {
      reply.complete(new Reply(status, ByteBufUtil.getBytes(body), jsonLength, null));
    }

    @Override
    public void failed(Failure failure) {
      reply.complete(new Reply(0, new byte[0], -1, failure));
    }
  }
}
