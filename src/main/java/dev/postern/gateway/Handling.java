package dev.postern.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;

/** Where a request goes once it is let in. All calls come on the client's event loop. */
interface Handling {
  /** A part of the body, to keep; a LastHttpContent ends it. */
  void content(HttpContent content);

  /** Bytes after an upgrade, to keep. */
  default void raw(ByteBuf bytes) {
    bytes.release();
  }

  /** The client has sent all it had for now. */
  default void flush() {}

  /** The client takes more of the response. */
  default void clientReady() {}

  /** The client is gone, or the visit is over for another reason: give everything back. */
  default void abandon() {}

  /** Nothing more is wanted. */
  Handling DISCARD = HttpContent::release;
}
