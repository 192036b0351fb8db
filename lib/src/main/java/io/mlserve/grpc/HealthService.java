package io.mlserve.grpc;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code grpc.health.v1.Health}: of the server by the empty name, of its services by their full
 * names, of models by theirs. A check is decided when it is asked; watchers hear of changes when
 * {@link #look} is called.
 */
final class HealthService extends HealthGrpc.HealthImplBase {
  private final Set<String> services;
  private final Readiness readiness;
  private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  HealthService(Set<String> services, Readiness readiness) {
    this.services = Set.copyOf(services);
    this.readiness = readiness;
  }

  @Override
  public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
    ServingStatus status = status(request.getService());
    if (status == ServingStatus.SERVICE_UNKNOWN) {
      observer.onError(
          Status.NOT_FOUND
              .withDescription("no service or model '" + request.getService() + "'")
              .asRuntimeException());
      return;
    }
    observer.onNext(answer(status));
    observer.onCompleted();
  }

  @Override
  public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
    Watcher watcher =
        new Watcher(request.getService(), (ServerCallStreamObserver<HealthCheckResponse>) observer);
    watchers.add(watcher);
    watcher.observer.setOnCancelHandler(() -> watchers.remove(watcher));
    watcher.look();
    if (draining) {
      end(watcher);
    }
  }

  /** Tells watchers what has changed since they were told last. */
  void look() {
    watchers.forEach(Watcher::look);
  }

  /** Nothing is healthy from now on; watchers hear so, and that this was the last they hear. */
  void drain() {
    draining = true;
    watchers.forEach(this::end);
  }

  private void end(Watcher watcher) {
    if (watchers.remove(watcher)) {
      watcher.end();
    }
  }

  private ServingStatus status(String service) {
    if (service.isEmpty() || services.contains(service)) {
      return of(readiness.isReady());
    }
    return readiness.isReady(service).map(this::of).orElse(ServingStatus.SERVICE_UNKNOWN);
  }

  private ServingStatus of(boolean ready) {
    return ready && !draining ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  }

  private static HealthCheckResponse answer(ServingStatus status) {
    return HealthCheckResponse.newBuilder().setStatus(status).build();
  }

  /** One open watch. */
  private final class Watcher {
    private final String service;
    private final ServerCallStreamObserver<HealthCheckResponse> observer;
    private @Nullable ServingStatus told;

    Watcher(String service, ServerCallStreamObserver<HealthCheckResponse> observer) {
      this.service = service;
      this.observer = observer;
    }

    // A watcher that does not read hears the latest once it does, not all that came between.
    synchronized void look() {
      ServingStatus now = status(service);
      if (now != told && !observer.isCancelled() && (told == null || observer.isReady())) {
        told = now;
        observer.onNext(answer(now));
      }
    }

    synchronized void end() {
      look();
      if (!observer.isCancelled()) {
        observer.onError(
            Status.UNAVAILABLE.withDescription("the server is going down").asRuntimeException());
      }
    }
  }
}
