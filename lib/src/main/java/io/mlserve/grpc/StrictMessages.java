package io.mlserve.grpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A service whose clients are told what is wrong with bytes that are no message, or one that is too
 * large: gRPC itself would answer {@code UNKNOWN} and log it as a failure of ours. A message is
 * therefore read into what came of it, and only a good one reaches the service.
 */
final class StrictMessages {
  private StrictMessages() {}

  /** What came of the bytes of a message. */
  sealed interface Received<M> {}

  private record Good<M>(M message) implements Received<M> {}

  private record Bad<M>(Status why) implements Received<M> {}

  static ServerServiceDefinition of(ServerServiceDefinition service) {
    ServiceDescriptor before = service.getServiceDescriptor();
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(before.getName())
            .setSchemaDescriptor(before.getSchemaDescriptor());
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      ServerMethodDefinition<?, ?> strict = strict(method);
      methods.add(strict);
      descriptor.addMethod(strict.getMethodDescriptor());
    }
    ServerServiceDefinition.Builder built = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(built::addMethod);
    return built.build();
  }

  private static <Q, A> ServerMethodDefinition<Received<Q>, A> strict(
      ServerMethodDefinition<Q, A> method) {
    MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        descriptor.toBuilder(
                new ReceivedMarshaller<>(descriptor.getRequestMarshaller()),
                descriptor.getResponseMarshaller())
            .build(),
        (call, headers) ->
            new Sorting<>(
                method.getServerCallHandler().startCall(new TypedCall<>(call, descriptor), headers),
                call));
  }

  private record ReceivedMarshaller<M>(Marshaller<M> marshaller)
      implements Marshaller<Received<M>> {
    @Override
    public InputStream stream(Received<M> message) {
      throw new UnsupportedOperationException("requests are read only");
    }

    @Override
    public Received<M> parse(InputStream stream) {
      try {
        return new Good<>(marshaller.parse(stream));
      } catch (StatusRuntimeException e) {
        return new Bad<>(
            e.getStatus().getCode() == Status.Code.INTERNAL
                ? Status.INVALID_ARGUMENT.withDescription(
                    "the request is no message of this method")
                : e.getStatus());
      }
    }
  }

  /** Hands good messages on and ends the call at a bad one. */
  private static final class Sorting<Q, A> extends ServerCall.Listener<Received<Q>> {
    private final ServerCall.Listener<Q> listener;
    private final ServerCall<Received<Q>, A> call;
    private boolean refused;

    Sorting(ServerCall.Listener<Q> listener, ServerCall<Received<Q>, A> call) {
      this.listener = listener;
      this.call = call;
    }

    @Override
    public void onMessage(Received<Q> received) {
      if (received instanceof Good<Q> good) {
        listener.onMessage(good.message());
      } else if (received instanceof Bad<Q> bad) {
        refused = true;
        call.close(bad.why(), new Metadata());
      }
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        listener.onHalfClose();
      }
    }

    @Override
    public void onCancel() {
      listener.onCancel();
    }

    @Override
    public void onComplete() {
      listener.onComplete();
    }

    @Override
    public void onReady() {
      listener.onReady();
    }
  }
}
