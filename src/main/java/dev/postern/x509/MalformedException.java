package dev.postern.x509;

/**
 * Bytes that are not what they should be. Says where in the structure ({@code
 * tbsCertificate.extensions.2.5.29.17}) and why; callers turn it into a refusal at their room's
 * door.
 */
public final class MalformedException extends Exception {
  private final String path;
  private final String reason;

  public MalformedException(String path, String reason) {
    super(path + ": " + reason);
    this.path = path;
    this.reason = reason;
  }

  /** The field, dotted, in the standard's own names. */
  public String path() {
    return path;
  }

  public String reason() {
    return reason;
  }

  /** Path and reason: one line for people. */
  @Override
  public String getMessage() {
    return path + ": " + reason;
  }
}
