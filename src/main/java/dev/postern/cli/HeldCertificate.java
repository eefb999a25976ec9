package dev.postern.cli;

import dev.postern.authority.Issuance.Issued;
import dev.postern.cli.inspect.Inspector;
import dev.postern.keys.KeyFile;
import dev.postern.keys.KeyFileException;
import dev.postern.keys.Passphrase;
import dev.postern.keys.Pkcs12;
import dev.postern.keys.SecretKeyPair;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A certificate with its key as {@code issue} wrote them, in the hands of a machine, and to be
 * replaced in their place: one PKCS#12 file, or a PEM chain with its key in it or beside it. What
 * was there stays beside it as {@code .old}.
 */
final class HeldCertificate implements AutoCloseable {
  private static final String OLD = ".old";

  /** How the files are. */
  private sealed interface Form {
    record Archive(Pkcs12.Format format, Optional<String> friendlyName) implements Form {}

    /**
     * A PEM chain.
     *
     * @param keyFile the chain's own, or beside it
     * @param encrypted or the key lies in the clear, for a server that starts by itself
     */
    record Chain(Path keyFile, boolean encrypted) implements Form {}
  }

  /** One file with what takes its place. */
  private record Replacement(Bytes before, OutputFile old, OutputFile fresh) {
    static Replacement of(Path file, byte[] before) {
      OutputFile old = OutputFile.inPlaceOf(file, file.resolveSibling(file.getFileName() + OLD));
      return new Replacement(Bytes.of(before), old, OutputFile.inPlaceOf(file, file));
    }

    void commit(byte[] content) {
      old.commit(before.toArray());
      fresh.commit(content);
    }

    void close() {
      old.close();
      fresh.close();
    }
  }

  private final Path path;
  private final Certificate certificate;
  private final SecretKeyPair key;
  private final Form form;
  private final @Nullable Passphrase password;
  private final List<Replacement> replacements = new ArrayList<>();

  private HeldCertificate(
      Path path,
      Certificate certificate,
      SecretKeyPair key,
      Form form,
      @Nullable Passphrase password) {
    this.path = path;
    this.certificate = certificate;
    this.key = key;
    this.form = form;
    this.password = password;
    if (!key.matches(certificate)) {
      throw CommandFailure.usage("the private key in " + path + " is not its certificate's");
    }
  }

  /** Opens the file; a link leads to what it names. */
  static HeldCertificate open(
      Path named, Optional<Path> passwordFile, PassphraseSource passphrases) {
    byte[] content = InputFile.read(named, Pkcs12.MAX_SIZE);
    Path path;
    try {
      path = named.toRealPath();
    } catch (IOException e) {
      throw CommandFailure.usage(named + " cannot be read: " + e.getMessage());
    }
    return Inspector.isPkcs12(content)
        ? archive(path, Bytes.of(content), passphrases.existingOf(named, passwordFile))
        : chain(path, holdsKey(content) ? path : Bundle.keyPath(path), passwordFile, passphrases);
  }

  /** Every kind's label ends so (RFC 7468 §10, §11). */
  private static boolean holdsKey(byte[] pem) {
    return new String(pem, StandardCharsets.ISO_8859_1).contains("PRIVATE KEY-----");
  }

  private static HeldCertificate archive(Path path, Bytes content, Passphrase password) {
    return switch (Pkcs12.open(content, password)) {
      case Pkcs12.Opening.WrongPassword() ->
          throw CommandFailure.usage("this is not the password of " + path);
      case Pkcs12.Opening.Malformed(String reason) ->
          throw CommandFailure.usage(path + ": " + reason);
      case Pkcs12.Opening.Opened opened -> {
        if (opened.keys().size() != 1 || opened.certificates().isEmpty()) {
          throw CommandFailure.usage(path + " does not hold one key and its certificate");
        }
        refuseWeak(path, password);
        yield new HeldCertificate(
            path,
            opened.certificates().getFirst(),
            opened.keys().getFirst(),
            new Form.Archive(Pkcs12.formatOf(content), opened.friendlyName()),
            password);
      }
    };
  }

  private static HeldCertificate chain(
      Path path, Path keyFile, Optional<Path> passwordFile, PassphraseSource passphrases) {
    Certificate certificate = InputFile.certificates(path).getFirst();
    try {
      try {
        return new HeldCertificate(
            path, certificate, KeyFile.open(keyFile).key(), new Form.Chain(keyFile, false), null);
      } catch (KeyFileException e) {
        if (e.reason() != KeyFileException.Reason.PASSPHRASE_NEEDED) {
          throw e;
        }
      }
      Passphrase password = passphrases.existingOf(keyFile, passwordFile);
      SecretKeyPair key = KeyFile.open(keyFile, password).key();
      refuseWeak(keyFile, password);
      return new HeldCertificate(path, certificate, key, new Form.Chain(keyFile, true), password);
    } catch (KeyFileException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()));
    }
  }

  private static void refuseWeak(Path file, Passphrase password) {
    password
        .weakness()
        .ifPresent(reason -> {
          throw CommandFailure.refused(file + " cannot be written anew: " + reason);
        });
  }

  Certificate certificate() {
    return certificate;
  }

  SecretKeyPair key() {
    return key;
  }

  /** Makes sure that the files can be written, before anything is issued for them. */
  void reserve() {
    replacements.add(Replacement.of(path, InputFile.read(path, Pkcs12.MAX_SIZE)));
    if (form instanceof Form.Chain(Path keyFile, _) && !keyFile.equals(path)) {
      replacements.add(Replacement.of(keyFile, InputFile.read(keyFile, KeyFile.MAX_SIZE)));
    }
  }

  /** Puts the new certificate and its key in place of the old. Needs {@link #reserve}. */
  void replace(SecretKeyPair pair, Issued issued, SecureRandom random) {
    List<Certificate> chain = new ArrayList<>(List.of(issued.certificate()));
    chain.addAll(issued.chain());
    switch (form) {
      case Form.Archive(Pkcs12.Format format, Optional<String> friendlyName) -> {
        String name =
            friendlyName.or(() -> issued.certificate().subject().commonName()).orElse("Postern");
        replacements
            .getFirst()
            .commit(Pkcs12.write(pair, chain, name, required(), format, random).toArray());
      }
      case Form.Chain(Path keyFile, boolean encrypted) -> {
        String text = encrypted ? pair.toPem(required(), random) : pair.toUnsafePem();
        String certificates = Pem.write(chain);
        if (keyFile.equals(path)) {
          certificates += text;
        } else {
          replacements.getLast().commit(text.getBytes(StandardCharsets.US_ASCII));
        }
        replacements.getFirst().commit(certificates.getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  private Passphrase required() {
    if (password == null) {
      throw new IllegalStateException("what was encrypted was opened by a password");
    }
    return password;
  }

  @Override
  public void close() {
    replacements.forEach(Replacement::close);
    if (password != null) {
      password.close();
    }
  }
}
