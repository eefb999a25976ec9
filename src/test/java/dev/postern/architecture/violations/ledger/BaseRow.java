package dev.postern.architecture.violations.ledger;

/** A banned prefix around a banned suffix. */
class BaseRow {
  /** A banned suffix, nested. */
  static final class Util {
    private Util() {}
  }
}
