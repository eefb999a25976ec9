package dev.postern.web;

/** Whether a host asks the client for a certificate during the TLS handshake. */
public enum Posture {
  /**
   * Never asks: a browser remembers "none" for a host until it restarts, so enrolment must not ask.
   */
  NEVER,
  /**
   * Asks, takes whatever comes, and leaves the verdict to each request, which can explain itself.
   */
  WANT,
  /**
   * Asks and refuses inside TLS, with an alert: for machine clients. Each request is judged all the
   * same.
   */
  STRICT
}
