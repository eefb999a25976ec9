package dev.postern.web;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Encodes responses; the answer to a HEAD has a length but no content (RFC 9110 §9.3.2). */
public final class ResponseEncoder extends HttpResponseEncoder {
  private boolean answeringHead;

  /** To be called before each response. */
  public void answeringHead(boolean head) {
    answeringHead = head;
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpResponse response) {
    return (answeringHead && response.status().code() >= 200)
        || super.isContentAlwaysEmpty(response);
  }
}
