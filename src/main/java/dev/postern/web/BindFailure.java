package dev.postern.web;

import java.net.InetSocketAddress;

/** A listener could not take its address; the message names it and what was in the way. */
public final class BindFailure extends RuntimeException {
  private final InetSocketAddress address;

  BindFailure(InetSocketAddress address, String why, Throwable cause) {
    super("cannot listen on " + text(address) + ": " + why, cause);
    this.address = address;
  }

  public InetSocketAddress address() {
    return address;
  }

  private static String text(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
