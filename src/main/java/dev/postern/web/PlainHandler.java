package dev.postern.web;

import dev.postern.access.RequestTarget;
import java.util.Optional;

/** Answers what may be answered over plain HTTP. */
public interface PlainHandler {
  /** Whether {@link #answer} is to be asked; called on the event loop. */
  boolean covers(RequestTarget target);

  /**
   * What needs no waiting, asked before {@link #answer} and on the event loop: a few microseconds.
   */
  default Optional<Reply> atOnce(Exchange exchange) {
    return Optional.empty();
  }

  /**
   * Any method; the body, if there is one, complete and no longer than {@link #MAX_BODY}. Runs on a
   * virtual thread: it may block, and what it throws becomes a 500.
   */
  Reply answer(Exchange exchange);

  /** Longer bodies are refused with 413. */
  int MAX_BODY = 16 * 1024;
}
