package io.mlserve.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.netty.util.Timeout;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request's answer, given once: whoever answers second is told so and changes nothing. Made on
 * the event loop inside the service's method; may be answered from any thread.
 *
 * @param <A> the message of the answer
 */
public final class UnaryCall<A> {
  private final ServerCallStreamObserver<A> observer;
  private final Optional<Deadline> deadline = Optional.ofNullable(Context.current().getDeadline());
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile @Nullable Timeout limit;

  /**
   * @param observer as the service's method got it
   */
  public UnaryCall(StreamObserver<A> observer) {
    this.observer = (ServerCallStreamObserver<A>) observer;
    // Without it an answer to a client that has gone would be an exception.
    this.observer.setOnCancelHandler(this::end);
  }

  /** Lets it fail with {@code DEADLINE_EXCEEDED} if it is not answered within {@code most}. */
  public void limit(CallsInProgress calls, Duration most) {
    MlserveException tooLate =
        new MlserveException(
            ErrorCode.DEADLINE_EXCEEDED, "no answer within " + most.toMillis() + " ms");
    limit = calls.after(most, () -> fail(tooLate));
  }

  /** Whether this is the first end of it. */
  private boolean end() {
    Timeout set = limit;
    if (set != null) {
      set.cancel();
    }
    return answered.compareAndSet(false, true);
  }

  /** Answers with {@code message}, unless the call has ended; says whether it did. */
  public boolean answer(A message) {
    if (!end()) {
      return false;
    }
    observer.onNext(message);
    observer.onCompleted();
    return true;
  }

  /** Answers with a failure, unless the call has ended; says whether it did. */
  public boolean fail(MlserveException failure) {
    if (!end()) {
      return false;
    }
    observer.onError(GrpcStatus.exception(failure));
    return true;
  }

  /** Answers with {@code message} once {@code done} is, or with why it never will be. */
  @SuppressWarnings("FutureReturnValueIgnored") // what comes of it is the answer
  public void answerWhenDone(CompletionStage<Void> done, A message) {
    done.whenComplete(
        (nothing, failure) -> {
          if (failure == null) {
            answer(message);
          } else {
            fail(known(failure));
          }
        });
  }

  private static MlserveException known(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    return cause instanceof MlserveException known
        ? known
        : new MlserveException(ErrorCode.INTERNAL, "internal error", cause);
  }

  /**
   * The {@code System.nanoTime()} by which it must be answered: within {@code most} from now, or
   * within what the client gave it if that is less.
   */
  public long deadlineNanos(Duration most) {
    long allowed = most.toNanos();
    if (deadline.isPresent()) {
      allowed = Math.min(allowed, deadline.get().timeRemaining(TimeUnit.NANOSECONDS));
    }
    return System.nanoTime() + allowed;
  }

  /** Whether it is answered, cancelled by the client, or past its deadline. */
  public boolean hasEnded() {
    return answered.get()
        || observer.isCancelled()
        || deadline.map(Deadline::isExpired).orElse(false);
  }

  /**
   * What is left of the time that the client gave, negative if it is over; empty if it gave none.
   */
  public Optional<Duration> timeLeft() {
    return deadline.map(end -> Duration.ofNanos(end.timeRemaining(TimeUnit.NANOSECONDS)));
  }
}
