package io.mlserve.commands;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the first SIGINT or SIGTERM into an interrupt of one thread, so that a command can still
 * print what it has. The second one ends the process at once, as without this.
 *
 * <p>A JVM shutdown hook would do for the signal, but then the JVM is going down while the command
 * still works, and its exit status is no longer the command's to choose.
 */
final class StopSignal implements AutoCloseable {
  private static final int TERMINATED = 143;

  private final List<Registration> registrations = new ArrayList<>();
  private final Thread thread;
  private volatile int exitStatus = ExitStatus.INTERRUPTED;

  private record Registration(Object signal, Object before) {}

  private StopSignal(Thread thread) {
    this.thread = thread;
  }

  /** To be closed by the same thread when it can stop no more. */
  static StopSignal interrupts(Thread thread) {
    StopSignal stop = new StopSignal(thread);
    stop.register("INT", ExitStatus.INTERRUPTED);
    stop.register("TERM", TERMINATED);
    return stop;
  }

  /** The status that belongs to the signal that came; SIGINT's if the thread was interrupted. */
  int exitStatus() {
    return exitStatus;
  }

  /** The JVM's own handlers are back. */
  @Override
  public void close() {
    registrations.forEach(each -> handle(each.signal, each.before));
    registrations.clear();
  }

  private void stop(int status) {
    exitStatus = status;
    thread.interrupt();
    registrations.forEach(each -> handle(each.signal, each.before));
  }

  // sun.misc.Signal is the only way to a signal and outlives its warning; reflection keeps the
  // compiler, which cannot be told so, from refusing it.
  private void register(String name, int status) {
    try {
      Class<?> signalClass = Class.forName("sun.misc.Signal");
      Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
      Object signal = signalClass.getConstructor(String.class).newInstance(name);
      Object handler =
          Proxy.newProxyInstance(
              StopSignal.class.getClassLoader(),
              new Class<?>[] {handlerClass},
              (proxy, method, arguments) -> {
                stop(status);
                return null;
              });
      Object before =
          signalClass.getMethod("handle", signalClass, handlerClass).invoke(null, signal, handler);
      registrations.add(new Registration(signal, before));
    } catch (ReflectiveOperationException e) {
      // a JVM without it, or one that keeps the signal: the process then ends without a report
    }
  }

  private static void handle(Object signal, Object handler) {
    try {
      Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
      signal
          .getClass()
          .getMethod("handle", signal.getClass(), handlerClass)
          .invoke(null, signal, handler);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a handler that was set cannot be set again", e);
    }
  }
}
