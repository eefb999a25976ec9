package dev.postern.web;

import dev.postern.access.RequestTarget;

/**
 * Answers what may be answered over plain HTTP. Runs on a virtual thread: it may block, and what it
 * throws becomes a 500.
 */
public interface PlainHandler {
  /** Whether {@link #answer} is to be asked; called on the event loop. */
  boolean covers(RequestTarget target);

  /** Any method; the body, if there is one, complete and no longer than {@link #MAX_BODY}. */
  Reply answer(Exchange exchange);

  /** Longer bodies are refused with 413. */
  int MAX_BODY = 16 * 1024;
}
