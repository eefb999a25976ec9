package dev.postern.bench.load;

/** Which HTTP. */
public enum Protocol {
  HTTP_1_1,
  HTTP_2
}
