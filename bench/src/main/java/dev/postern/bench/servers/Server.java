package dev.postern.bench.servers;

import java.util.List;

/** Something that is measured, running. */
public interface Server extends AutoCloseable {
  String name();

  /** On 127.0.0.1. */
  int port();

  /** All processes whose CPU time counts. */
  List<Long> processes();

  @Override
  void close();
}
