package dev.postern.cli;

import dev.postern.authority.Authority;
import dev.postern.authority.IssuerCertificate;
import dev.postern.authority.Problem;
import dev.postern.keys.KeyFile;
import dev.postern.keys.KeyFileException;
import dev.postern.keys.Passphrase;
import dev.postern.keys.SecretKeyPair;
import dev.postern.ledger.SqlLedger;
import dev.postern.x509.Certificate;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.Pem;
import dev.postern.x509.Signer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Makes the data folder of a new Postern: keys, CA certificates, ledger. Everything is made beside
 * its place and moved there at the end, so that a failure halfway leaves nothing behind.
 */
final class Setup {
  private final DataFolder target;
  private final DataFolder staged;
  private final SecureRandom random;
  private final Instant now;
  private final KeyAlgorithm keys;

  Setup(DataFolder target, KeyAlgorithm keys, SecureRandom random, Instant now) {
    this.target = target;
    Path absolute = target.path().toAbsolutePath().normalize();
    this.staged =
        new DataFolder(absolute.resolveSibling("." + absolute.getFileName() + ".partial"));
    this.keys = keys;
    this.random = random;
    this.now = now;
  }

  /** The CA above the issuing one, and the key with which it signs, once. */
  record Root(Certificate certificate, SecretKeyPair key) {}

  /** A new root, in memory. */
  Root newRoot(String name) {
    SecretKeyPair key = SecretKeyPair.generate(keys, random);
    DistinguishedName subject = subject(name, "Root CA");
    return new Root(Authority.root(subject, key.signer(), RandomSerials.next(random), now), key);
  }

  /** A new issuing CA below {@code root}. */
  Issuer newIssuer(String name, Root root) {
    SecretKeyPair key = SecretKeyPair.generate(keys, random);
    DistinguishedName subject = subject(name, "Issuing CA");
    Signer above = root.key().signer();
    Certificate certificate =
        Authority.issuing(
            subject, key.signer(), root.certificate(), above, RandomSerials.next(random), now);
    return new Issuer(new IssuerCertificate(certificate, List.of(root.certificate())), key);
  }

  private static DistinguishedName subject(String name, String role) {
    try {
      return DistinguishedName.builder().organization(name).commonName(name + " " + role).build();
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("the name cannot stand in a certificate: " + e.getMessage());
    }
  }

  /** A CA and its private key. */
  record Issuer(IssuerCertificate certificate, SecretKeyPair key) {}

  /** Refuses what cannot be a CA, with every reason. */
  static void requireCa(Path file, Certificate certificate, SecretKeyPair key) {
    List<Problem> problems = IssuerCertificate.problems(certificate);
    if (!problems.isEmpty()) {
      throw CommandFailure.refused(
          problems.stream().map(problem -> file + ": " + problem).toList());
    }
    if (!key.matches(certificate)) {
      throw CommandFailure.refused("the private key does not belong to the certificate in " + file);
    }
  }

  /** What comes into being with the data folder, or not at all. */
  interface Companions {
    /** Called once, when everything else is written; the ledger is the new one. */
    void make(Issuer issuer, SqlLedger ledger);

    /** The data folder could not be put in its place. */
    void takeBack();
  }

  /** The data folder alone. */
  static final Companions ALONE =
      new Companions() {
        @Override
        public void make(Issuer issuer, SqlLedger ledger) {}

        @Override
        public void takeBack() {}
      };

  /**
   * Writes the data folder, the root's own folder where there is a new root, and the companions;
   * puts the first in its place last. When that fails, none of it is there.
   */
  void write(Issuer issuer, Passphrase passphrase, Optional<NewRoot> root, Companions companions) {
    List<Path> made = new ArrayList<>();
    boolean done = false;
    try {
      deleteStaged();
      writeData(issuer, passphrase);
      if (root.isPresent()) {
        writeRoot(root.get(), made);
      }
      try (var ledger = SqlLedger.open(staged.ledger(), InstantSource.fixed(now))) {
        companions.make(issuer, ledger);
      }
      Files.move(staged.path(), target.path().toAbsolutePath());
      done = true;
    } catch (KeyFileException e) {
      throw CommandFailure.fault(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw OutputFile.failure(target.path(), e);
    } finally {
      if (!done) {
        companions.takeBack();
        delete(made.reversed());
      }
      deleteStaged();
    }
  }

  /** Notes in {@code made} what was not there before. */
  private void writeRoot(NewRoot offline, List<Path> made) throws IOException, KeyFileException {
    boolean newFolder = !Files.exists(offline.folder());
    Path key = offline.folder().resolve("root.key");
    KeyFile.create(key, offline.root().key(), offline.passphrase(), random);
    if (newFolder) {
      made.add(offline.folder());
    }
    made.add(key);
    Certificate certificate = offline.root().certificate();
    Path file = offline.folder().resolve("root.pem");
    boolean newFile = !Files.exists(file);
    writePublic(file, Pem.write(certificate));
    if (newFile) {
      made.add(file);
    }
    writePublic(staged.rootCrl(), RootList.first(certificate, offline.root().key().signer(), now));
  }

  private static void delete(List<Path> files) {
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw OutputFile.failure(file, e);
      }
    }
  }

  /** A root to write into {@code folder}, under a passphrase of its own. */
  record NewRoot(Root root, Path folder, Passphrase passphrase) {}

  private void writeData(Issuer issuer, Passphrase passphrase)
      throws IOException, KeyFileException {
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(staged.ca(), ownerOnly);
    KeyFile.create(staged.issuingKey(), issuer.key(), passphrase, random);
    KeyFile.create(
        staged.serverKey(), SecretKeyPair.generate(KeyAlgorithm.P256, random), passphrase, random);
    IssuerCertificate ca = issuer.certificate();
    writePublic(staged.rootCertificate(), Pem.write(ca.root()));
    writePublic(staged.issuingCertificate(), Pem.write(ca.certificate()) + above(ca));
  }

  /** The CAs between the issuing one and the root. */
  private static String above(IssuerCertificate ca) {
    return ca.above().isEmpty() ? "" : Pem.write(ca.above().subList(0, ca.above().size() - 1));
  }

  private static void writePublic(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.US_ASCII);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private void deleteStaged() {
    if (!Files.exists(staged.path())) {
      return;
    }
    try (var files = Files.walk(staged.path())) {
      delete(files.sorted(Comparator.reverseOrder()).toList());
    } catch (IOException e) {
      throw OutputFile.failure(staged.path(), e);
    }
  }

  /** Reads somebody's CA: certificate first, then the CAs above it, root last. */
  static Issuer imported(Path certificates, Path key, Optional<Passphrase> passphrase) {
    List<Certificate> chain = InputFile.certificates(certificates);
    SecretKeyPair pair = open(key, passphrase);
    requireCa(certificates, chain.getFirst(), pair);
    for (int i = 0; i + 1 < chain.size(); i++) {
      if (!chain.get(i).isSignedBy(chain.get(i + 1).publicKey())) {
        throw CommandFailure.refused(
            certificates
                + ": \""
                + chain.get(i)
                + "\" is not signed by the next one, \""
                + chain.get(i + 1)
                + "\"");
      }
    }
    return new Issuer(
        new IssuerCertificate(chain.getFirst(), chain.subList(1, chain.size())), pair);
  }

  private static SecretKeyPair open(Path key, Optional<Passphrase> passphrase) {
    try {
      return (passphrase.isPresent() ? KeyFile.open(key, passphrase.get()) : KeyFile.open(key))
          .key();
    } catch (KeyFileException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()));
    }
  }
}
