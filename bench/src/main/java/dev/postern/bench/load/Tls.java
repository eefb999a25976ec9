package dev.postern.bench.load;

/** What lies below HTTP. */
public enum Tls {
  NONE,
  V1_2,
  V1_3
}
