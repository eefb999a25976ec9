package dev.postern.cli;

import dev.postern.publish.RootCrl;
import dev.postern.revocation.CertificateList;
import dev.postern.revocation.CrlDraft;
import dev.postern.revocation.CrlEntries;
import dev.postern.revocation.CrlReason;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import dev.postern.x509.Signer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * The root's CRL in {@code ca/root.crl}. Servers that check whole chains (nginx with {@code
 * ssl_crl}, {@code openssl verify -crl_check_all}) refuse everybody without it. The root's key is
 * offline, so it is signed at {@code init} for a year, and by {@code postern crl root} after that.
 */
final class RootList {
  /** As long as a root's key should lie in its drawer without anybody looking for it. */
  static final Duration VALIDITY = Duration.ofDays(365);

  /** From then on there are reminders. */
  static final Duration REMINDER = Duration.ofDays(60);

  private static final int MAX_SIZE = 4 * 1024 * 1024;

  private RootList() {}

  /** A first one, of which nothing is revoked. */
  static String first(Certificate root, Signer signer, Instant now) {
    return signed(root, signer, 1, now, VALIDITY, CrlEntries.NONE);
  }

  /** The text of the list after {@code before}: with all that is in it, and {@code revoked}. */
  static String next(
      Optional<RootCrl> before,
      Certificate root,
      Signer signer,
      Instant now,
      Duration validity,
      Optional<Certificate> revoked) {
    var entries = new CrlEntries.Builder();
    long number = 1;
    if (before.isPresent()) {
      try {
        Bytes der = before.get().der();
        entries = CrlEntries.of(der).more();
        number += CertificateList.parse(der).crlNumber().orElse(BigInteger.ZERO).longValueExact();
      } catch (MalformedException | ArithmeticException e) {
        throw CommandFailure.refused("the list in force cannot be carried on: " + e.getMessage());
      }
    }
    CrlEntries.Builder all = entries;
    revoked.ifPresent(each -> all.add(each.serialNumber(), now, CrlReason.CA_COMPROMISE));
    return signed(root, signer, number, now, validity, all.build());
  }

  private static String signed(
      Certificate root,
      Signer signer,
      long number,
      Instant now,
      Duration validity,
      CrlEntries entries) {
    Instant start = now.truncatedTo(ChronoUnit.SECONDS);
    var draft =
        CrlDraft.full(
            root.subject(), root.keyIdentifier(), number, start, start.plus(validity), entries);
    return Pem.write(Pem.X509_CRL, draft.sign(signer));
  }

  /** The one in force, if there is one that can be read and is the root's own. */
  static Optional<RootCrl> read(Path file, Certificate root) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      List<Bytes> lists = CrlFile.contents(file, MAX_SIZE);
      if (lists.size() > 1) {
        throw new MalformedException("pem", "is not one CRL");
      }
      RootCrl crl = RootCrl.parse(lists.getFirst());
      if (!CertificateList.parse(crl.der()).isSignedBy(root.publicKey())) {
        throw new MalformedException("signatureValue", "is not the root's");
      }
      return Optional.of(crl);
    } catch (MalformedException e) {
      throw CommandFailure.usage(file + " cannot be used: " + e.getMessage());
    }
  }

  /** The one in force, or the end of the command. */
  static RootCrl inForce(Workspace workspace) {
    Path file = workspace.folder().rootCrl();
    RootCrl crl =
        read(file, workspace.issuer().root())
            .orElseThrow(() ->
                CommandFailure.refused(
                    file + " is missing; where the root's key is: postern crl root"));
    if (workspace.now().isAfter(crl.nextUpdate())) {
      throw CommandFailure.refused(
          "the root's list ended at "
              + crl.nextUpdate()
              + "; where the root's key is: postern crl root");
    }
    return crl;
  }
}
