package io.mlserve.bench;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;

/** The way to one server, or to a model in this process. One thread opens, uses and closes it. */
interface Wire extends AutoCloseable {
  /** Requests in the form in which they travel. The owner closes them when all are answered. */
  interface Prepared extends AutoCloseable {
    /** To be used on {@code loop} only. */
    Exchange exchange(EventLoop loop, Duration timeout, Exchange.Listener listener);

    /** Ends what the exchanges share. */
    @Override
    void close();
  }

  /** The event loops that share the load. */
  List<EventLoop> loops();

  /** Whether the model runs on the event loops, each of which is then busy all the time. */
  default boolean runsModel() {
    return false;
  }

  /** Whether many requests share a connection. */
  boolean isShared();

  /**
   * Encodes the requests as far as can be.
   *
   * @param schedule says how many connections may be made, where exchanges share them
   * @param answersMatter whether anybody looks at what is in an answer that is none of a server's
   */
  Prepared prepare(List<Request> requests, Schedule schedule, boolean answersMatter);

  /** Ends all connections. */
  @Override
  void close();
}
