package dev.postern.status;

/** What was to be fetched did not come; the message says why, for the log. */
final class FetchFailure extends Exception {
  FetchFailure(String message) {
    super(message);
  }
}
