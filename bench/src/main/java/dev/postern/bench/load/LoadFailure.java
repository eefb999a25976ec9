package dev.postern.bench.load;

/** An operation failed, or was answered otherwise than it must: nothing is measured then. */
public final class LoadFailure extends RuntimeException {
  public LoadFailure(String message, Throwable cause) {
    super(message, cause);
  }

  public LoadFailure(String message) {
    super(message);
  }
}
