package dev.postern.cli;

/** Ends a command with one line on standard error and an exit code. */
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

  private CommandFailure(Exit exit, String line) {
    super(line);
    this.exit = exit;
  }

  static CommandFailure refused(String line) {
    return new CommandFailure(Exit.REFUSED, line);
  }

  static CommandFailure usage(String line) {
    return new CommandFailure(Exit.USAGE, line);
  }

  static CommandFailure fault(String line) {
    return new CommandFailure(Exit.FAULT, line);
  }

  int exitCode() {
    return exit.code;
  }
}
