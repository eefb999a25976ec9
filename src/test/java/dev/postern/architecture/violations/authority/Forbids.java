package dev.postern.architecture.violations.authority;

import io.netty.handler.codec.http.HttpResponseStatus;

/** A status below the wire, and a field that changes. */
final class Forbids {
  private int count;

  HttpResponseStatus status() {
    count++;
    return count > 1 ? HttpResponseStatus.FORBIDDEN : HttpResponseStatus.OK;
  }
}
