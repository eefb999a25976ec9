package dev.postern.gateway;

/** A small web application that shows who the gateway says you are; for the demo and for tests. */
public final class SampleApp implements AutoCloseable {
  private SampleApp() {}

  /** On 127.0.0.1, any free port. */
  @SuppressWarnings("DoNotCallSuggester")
  public static SampleApp start() {
    throw new IllegalStateException("not yet");
  }

  public int port() {
    return 0;
  }

  @Override
  public void close() {}
}
