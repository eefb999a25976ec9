package dev.postern.cli;

import dev.postern.keys.Passphrase;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where passphrases come from: a file that was named, systemd's credentials, or a person. Never an
 * argument: the process list shows those to everybody.
 */
final class PassphraseSource {
  /** As in {@code LoadCredential=postern-passphrase:/etc/postern/passphrase}. */
  static final String CREDENTIAL = "postern-passphrase";

  private static final int LONGEST_FILE = 4096;

  /** Who mistypes a new passphrase is asked again. */
  private static final int ATTEMPTS = 3;

  private final Terminal terminal;

  PassphraseSource(Terminal terminal) {
    this.terminal = terminal;
  }

  /** For opening something that exists. */
  Passphrase existing(Optional<Path> file, String what) {
    return unattended(file)
        .or(() -> terminal.askSecret("Passphrase of " + what + ": ").map(PassphraseSource::checked))
        .orElseThrow(() -> nobodyToAsk("the passphrase of " + what));
  }

  /** Where nobody need be asked for it. */
  Optional<Passphrase> unattended(Optional<Path> file) {
    return file.or(PassphraseSource::credential).map(this::fromFile);
  }

  /** For opening a file that is not the server's: systemd's credential is not its password. */
  Passphrase existingOf(Path file, Optional<Path> passwordFile) {
    return passwordFile
        .map(this::fromFile)
        .or(() -> terminal.askSecret("Password of " + file + ": ").map(PassphraseSource::checked))
        .orElseThrow(() ->
            CommandFailure.usage(
                "needs the password of "
                    + file
                    + ": name a file with --password-file, or run it on a terminal"));
  }

  /** For protecting something new: asked twice. */
  Passphrase fresh(Optional<Path> file, String what) {
    if (file.isPresent()) {
      return strong(fromFile(file.get()));
    }
    for (int attempt = 1; ; attempt++) {
      char[] first =
          terminal
              .askSecret("New passphrase for " + what + ": ")
              .orElseThrow(() -> nobodyToAsk("a passphrase for " + what));
      try {
        return confirmed(first);
      } catch (CommandFailure e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        e.lines().forEach(line -> terminal.remark("  " + line + "; once again"));
      }
    }
  }

  private Passphrase confirmed(char[] first) {
    Passphrase passphrase = strong(checked(first));
    Passphrase again = checked(terminal.askSecret("Once more: ").orElse(new char[0]));
    if (!passphrase.sameAs(again)) {
      throw CommandFailure.usage("the two passphrases differ");
    }
    return passphrase;
  }

  private static CommandFailure nobodyToAsk(String what) {
    return CommandFailure.usage(
        "needs " + what + ": name a file with --passphrase-file, or run it on a terminal");
  }

  private static Optional<Path> credential() {
    return Optional.ofNullable(System.getenv("CREDENTIALS_DIRECTORY"))
        .map(folder -> Path.of(folder, CREDENTIAL))
        .filter(Files::isReadable);
  }

  /** The first line, without its end. */
  Passphrase fromFile(Path file) {
    byte[] bytes = InputFile.read(file, LONGEST_FILE);
    var decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
    char[] characters = new char[decoded.remaining()];
    decoded.get(characters);
    int end = 0;
    while (end < characters.length && characters[end] != '\n' && characters[end] != '\r') {
      end++;
    }
    if (end == 0) {
      throw CommandFailure.usage(
          file + " begins with an empty line; its first line is the passphrase");
    }
    Passphrase passphrase = Passphrase.of(Arrays.copyOf(characters, end));
    Arrays.fill(characters, '\0');
    Arrays.fill(bytes, (byte) 0);
    return passphrase;
  }

  private static Passphrase checked(char[] characters) {
    if (characters.length == 0) {
      throw CommandFailure.usage("an empty passphrase protects nothing");
    }
    return Passphrase.of(characters);
  }

  private static Passphrase strong(Passphrase passphrase) {
    passphrase
        .weakness()
        .ifPresent(reason -> {
          throw CommandFailure.usage(reason);
        });
    return passphrase;
  }
}
