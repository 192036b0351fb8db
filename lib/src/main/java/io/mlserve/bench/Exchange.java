package io.mlserve.bench;

import io.netty.buffer.ByteBuf;

/**
 * Has one request answered at a time.
 *
 * <p>Lives on its event loop: every method is called there and every outcome comes there, never
 * from within {@link #send}.
 */
interface Exchange {
  /** What becomes of a request: exactly one of the two for each. */
  interface Listener {
    /**
     * An answer is there.
     *
     * @param status of HTTP; 200 where there is none
     * @param body valid only during the call
     * @param jsonLength where the body begins with JSON that is followed by bytes, how long the
     *     JSON is; else -1
     * @param sentAt when the request was sent, by {@link System#nanoTime()}
     * @param atNanos when the last byte of the answer was there, by the same clock
     */
    void answered(int status, ByteBuf body, int jsonLength, long sentAt, long atNanos);

    void failed(Failure failure);
  }

  /** Sends the request with that index among those that were prepared. */
  void send(int request);

  /** How often a connection was made. */
  long connects();

  /** Ends it; a request under way gets no answer and no failure. */
  void close();
}
