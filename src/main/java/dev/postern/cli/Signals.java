package dev.postern.cli;

import java.lang.reflect.Proxy;

/**
 * What the process does when it is told something from outside. The JDK hears SIGHUP only through
 * {@code sun.misc.Signal}, of which javac warns without a way to say "I know"; so it is called by
 * reflection.
 */
final class Signals {
  private Signals() {}

  /** Runs {@code action} every time the signal comes. */
  static void each(String name, Runnable action) {
    handle(name, action, false);
  }

  /** Runs {@code action} the first time; a second signal ends the process at once. */
  static void first(String name, Runnable action) {
    handle(name, action, true);
  }

  private static void handle(String name, Runnable action, boolean once) {
    try {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      var handle = signalType.getMethod("handle", signalType, handlerType);
      Object signal = signalType.getConstructor(String.class).newInstance(name);
      Object byDefault = handlerType.getField("SIG_DFL").get(null);
      Object handler =
          Proxy.newProxyInstance(
              handlerType.getClassLoader(),
              new Class<?>[] {handlerType},
              (_, _, _) -> {
                if (once) {
                  handle.invoke(null, signal, byDefault);
                }
                action.run();
                return null;
              });
      handle.invoke(null, signal, handler);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK has no signals", e);
    }
  }
}
