package dev.postern.cli;

import java.util.List;

/**
 * Ends a command with a line (for several problems, several) on standard error and an exit code.
 */
final class CommandFailure extends RuntimeException {
  /** Why a command ends without having done its work (design §6). */
  enum Exit {
    /** Policy said no, or the certificate is not valid. */
    REFUSED(1),
    /** Wrong usage, or input that cannot be read. */
    USAGE(2),
    /** Something that should work does not: disk, ledger, key store. */
    FAULT(3);

    final int code;

    Exit(int code) {
      this.code = code;
    }
  }

  private final Exit exit;
  private final List<String> lines;

  private CommandFailure(Exit exit, List<String> lines) {
    super(String.join("; ", lines));
    this.exit = exit;
    this.lines = List.copyOf(lines);
  }

  static CommandFailure refused(String line) {
    return new CommandFailure(Exit.REFUSED, List.of(line));
  }

  static CommandFailure refused(List<String> lines) {
    return new CommandFailure(Exit.REFUSED, lines);
  }

  static CommandFailure usage(String line) {
    return new CommandFailure(Exit.USAGE, List.of(line));
  }

  static CommandFailure usage(List<String> lines) {
    return new CommandFailure(Exit.USAGE, lines);
  }

  static CommandFailure fault(String line) {
    return new CommandFailure(Exit.FAULT, List.of(line));
  }

  int exitCode() {
    return exit.code;
  }

  List<String> lines() {
    return lines;
  }
}
