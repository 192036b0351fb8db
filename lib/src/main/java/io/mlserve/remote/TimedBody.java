package io.mlserve.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an HTTP response as a stream that waits for each piece for a limited time and can be
 * interrupted, which the JDK's own cannot. The client's thread fills it, one reader empties it; at
 * most two pieces wait in between.
 */
final class TimedBody extends InputStream implements BodySubscriber<InputStream> {
  private static final int PIECES = 2;

  // An empty piece ends the stream.
  private final BlockingQueue<List<ByteBuffer>> pieces = new LinkedBlockingQueue<>();
  private final Duration limit;

  private Flow.@Nullable Subscription subscription; // guarded by this
  private boolean closed; // guarded by this
  private volatile @Nullable Throwable failure;

  private Iterator<ByteBuffer> piece = List.<ByteBuffer>of().iterator();
  private ByteBuffer current = ByteBuffer.allocate(0);
  private boolean ended;

  TimedBody(Duration limit) {
    this.limit = limit;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (closed) {
      given.cancel();
    } else {
      given.request(PIECES);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> next) {
    if (next.stream().anyMatch(ByteBuffer::hasRemaining)) {
      pieces.add(next);
    } else {
      requestOne();
    }
  }

  @Override
  public void onError(Throwable thrown) {
    failure = thrown;
    pieces.add(List.of());
  }

  @Override
  public void onComplete() {
    pieces.add(List.of());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!current.hasRemaining()) {
      if (!advance()) {
        return -1;
      }
    }
    int n = Math.min(length, current.remaining());
    current.get(into, offset, n);
    return n;
  }

  // Goes to the next buffer; false at the end.
  private boolean advance() throws IOException {
    if (!ended && !piece.hasNext()) {
      List<ByteBuffer> next = await();
      ended = next.isEmpty();
      piece = next.iterator();
      requestOne();
    }
    if (ended) {
      Throwable thrown = failure;
      if (thrown != null) {
        throw new IOException(thrown.getMessage(), thrown);
      }
      return false;
    }
    current = piece.next();
    return true;
  }

  private List<ByteBuffer> await() throws IOException {
    try {
      List<ByteBuffer> next = pieces.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (next != null) {
        return next;
      }
      close();
      throw new SocketTimeoutException("no byte for " + limit.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private synchronized void requestOne() {
    if (subscription != null && !closed) {
      subscription.request(1);
    }
  }

  /** Lets go of the connection if bytes are still to come. */
  @Override
  public synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
