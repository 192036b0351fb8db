package io.mlserve.commands;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.utils.Signals;

/**
 * Waits for SIGTERM or SIGINT. The first one is handed to whoever waits; from then on both end the
 * process at once, as they do by default.
 *
 * <p>Draining happens in the waiting thread, before the JVM starts to shut down: in a shutdown hook
 * ONNX Runtime's own hook would free its environment under running requests.
 */
final class Termination {
  private static final String[] SIGNALS = {"TERM", "INT"};

  private final CountDownLatch asked = new CountDownLatch(1);
  private final AtomicInteger status = new AtomicInteger(ExitStatus.OK);

  /** Listens from now on. */
  static Termination listen() {
    Termination termination = new Termination();
    for (String signal : SIGNALS) {
      Signals.register(signal, () -> termination.ask(signal));
    }
    return termination;
  }

  private void ask(String signal) {
    for (String other : SIGNALS) {
      Signals.registerDefault(other);
    }
    status.set(signal.equals("INT") ? ExitStatus.INTERRUPTED : ExitStatus.OK);
    asked.countDown();
  }

  /** Returns the exit status for the signal that came: 0 for TERM, 130 for INT. */
  int await() throws InterruptedException {
    asked.await();
    return status.get();
  }
}
