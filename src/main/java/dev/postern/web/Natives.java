package dev.postern.web;

import io.netty.channel.epoll.Epoll;
import io.netty.handler.ssl.OpenSsl;

/** The native code below the listeners. */
public final class Natives {
  private Natives() {}

  /** Unpacks and loads it on a thread of its own, while whoever is going to listen reads files. */
  public static void loadAhead() {
    Thread.ofPlatform()
        .daemon()
        .name("postern-natives")
        .start(() -> {
          if (Epoll.isAvailable()) {
            OpenSsl.isAvailable(); // either is asked again by whoever needs it
          }
        });
  }
}
