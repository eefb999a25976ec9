package dev.postern.cli;

import java.io.Console;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;

/**
 * What the commands print on and ask at: results on standard output, remarks and errors on standard
 * error.
 */
final class Terminal {
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final Ansi ansi;
  private final boolean watched;

  Terminal(InputStream in, PrintStream out, PrintStream err, Ansi ansi) {
    this(in, out, err, ansi, false);
  }

  /** {@code watched}: somebody is looking on, who likes to know how far long work is. */
  Terminal(InputStream in, PrintStream out, PrintStream err, Ansi ansi, boolean watched) {
    this.in = in;
    this.out = out;
    this.err = err;
    this.ansi = ansi;
    this.watched = watched;
  }

  /**
   * The process's own streams; colours only where both ends are a terminal and NO_COLOR is not set.
   */
  static Terminal system() {
    boolean watched = console().isPresent();
    boolean colours = watched && System.getenv("NO_COLOR") == null;
    return new Terminal(
        System.in,
        new PrintStream(System.out, true, StandardCharsets.UTF_8),
        new PrintStream(System.err, true, StandardCharsets.UTF_8),
        colours ? Ansi.ON : Ansi.OFF,
        watched);
  }

  /**
   * One line of result; {@code @|bold …|@} marks are colours on a terminal and vanish elsewhere.
   */
  void print(String line) {
    out.println(clean(line));
  }

  void printMarked(String line) {
    out.println(ansi.string(clean(line)));
  }

  /** A remark that is not the result. */
  void remark(String line) {
    err.println(clean(line));
  }

  /** Why a command failed: {@code postern: …}. */
  void error(String line) {
    err.println(ansi.string("@|red postern:|@ ") + clean(line));
  }

  /** Shows how far {@code total} steps of work are; nothing where nobody looks on. */
  Progress progress(String task, int total) {
    return Progress.of(watched ? Optional.of(err) : Optional.empty(), task, total);
  }

  boolean isWatched() {
    return watched;
  }

  /** An empty screen, where somebody looks on. */
  void clear() {
    if (watched) {
      out.print("\u001b[H\u001b[2J");
    }
  }

  InputStream in() {
    return in;
  }

  PrintStream err() {
    return err;
  }

  PrintStream out() {
    return out;
  }

  Ansi ansi() {
    return ansi;
  }

  /** Asks without echo; empty where there is nobody to ask. */
  Optional<char[]> askSecret(String prompt) {
    return console().flatMap(console -> Optional.ofNullable(console.readPassword("%s", prompt)));
  }

  /** A person at both ends; the JDK may also answer null, against what Error Prone believes. */
  @SuppressWarnings("SystemConsoleNull")
  private static Optional<Console> console() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal);
  }

  /**
   * Names in certificates are other people's text: their control characters must not reach the
   * terminal.
   */
  private static String clean(String line) {
    return line.chars().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t')
        ? line.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "\ufffd")
        : line;
  }
}
