package dev.postern.architecture.violations.ledger;

/** Talks to the process as only cli may. */
final class Loud {
  private Loud() {}

  static void print() {
    System.out.println("a");
  }

  static void exit() {
    System.exit(1);
  }

  static String environment() {
    return String.valueOf(System.getenv("HOME"));
  }
}
