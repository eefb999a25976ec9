package dev.postern.web;

/**
 * Answers requests to a page of Postern's own. Runs on one of few threads of its own: it may wait
 * for a disk, and what it throws becomes a 500 with a reference id.
 */
@FunctionalInterface
public interface InternalHandler {
  Reply answer(Exchange exchange);

  /** A request's path as it may stand in a log: without one-time codes. */
  default String logged(String path) {
    return path;
  }

  /** Whether the page that made somebody's certificate sends them to {@code path} to try it. */
  default boolean greets(String path) {
    return false;
  }
}
