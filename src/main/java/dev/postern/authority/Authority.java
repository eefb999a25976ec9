package dev.postern.authority;

import dev.postern.authority.Ledger.Intent;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.CertificationRequest;
import dev.postern.x509.DistinguishedName;
import dev.postern.x509.Parsing;
import dev.postern.x509.SerialNumber;
import dev.postern.x509.Signer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bouncycastle.asn1.x509.TBSCertificate;

/**
 * Issues certificates. {@link #issue} is the way from an order to a certificate:
 *
 * <ol>
 *   <li>prepare: the profile measures the order, drafts and lints the certificate; every problem at
 *       once, nothing written
 *   <li>record the intent, so that the serial number is spent whatever happens
 *   <li>sign, and check the signature with the CA certificate's own key
 *   <li>record the certificate
 *   <li>return it
 * </ol>
 *
 * Whoever holds a certificate of ours can find it in the ledger; a crash leaves at most an intent
 * without a certificate.
 */
public final class Authority {
  private final IssuerCertificate issuer;
  private final Signer signer;
  private final Ledger ledger;
  private final Supplier<SerialNumber> serials;
  private final InstantSource clock;

  /**
   * {@code serials} gives random ones of 128 bits; {@link IllegalArgumentException} when key and
   * certificate differ.
   */
  public Authority(
      IssuerCertificate issuer,
      Signer signer,
      Ledger ledger,
      Supplier<SerialNumber> serials,
      InstantSource clock) {
    if (!issuer.certificate().publicKey().equals(signer.publicKey())) {
      throw new IllegalArgumentException(
          "the private key does not belong to the CA certificate " + issuer.certificate());
    }
    this.issuer = issuer;
    this.signer = signer;
    this.ledger = ledger;
    this.serials = serials;
    this.clock = clock;
  }

  /** The same authority, which keeps its record through {@code other}. */
  public Authority recordingIn(Ledger other) {
    return new Authority(issuer, signer, other, serials, clock);
  }

  public IssuerCertificate issuer() {
    return issuer;
  }

  /** Issues what {@code order} says, if {@code profile} allows it. */
  public Issuance issue(Order order, Profile profile, Requester requester) {
    return issue(order, profile, requester, List.of());
  }

  /**
   * Issues to the holder of {@code request}'s key. Names come from {@code order}, which must be
   * about the same key; of the request only the key and the proof that it is held are used.
   */
  public Issuance sign(
      CertificationRequest request, Order order, Profile profile, Requester requester) {
    List<Problem> problems = new ArrayList<>();
    if (!order.publicKey().equals(request.publicKey())) {
      throw new IllegalArgumentException("the order is about another key than the request");
    }
    if (!request.provesPossession()) {
      problems.add(
          new Problem(
              "signature",
              "the request is not signed by the key it carries; it was changed or damaged"));
    }
    return issue(order, profile, requester, problems);
  }

  private Issuance issue(Order order, Profile profile, Requester requester, List<Problem> found) {
    Instant now = clock.instant();
    Preparation preparation =
        profile.prepare(order, issuer, signer.algorithm(), serials.get(), now);
    return switch (preparation) {
      case Preparation.Refused(List<Problem> problems) -> refused(found, problems);
      case Preparation.Ready _ when !found.isEmpty() -> refused(found, List.of());
      case Preparation.Ready(LintedCertificate linted) -> {
        ledger.intend(intent(linted, order, profile, requester, now));
        Certificate certificate = linted.signed(signer.sign(linted.toBeSigned()));
        if (!certificate.isSignedBy(issuer.certificate().publicKey())) {
          throw new IllegalStateException("the signer returned a signature that does not verify");
        }
        ledger.complete(linted.serialNumber(), certificate);
        yield new Issuance.Issued(certificate, issuer.chain());
      }
    };
  }

  private static Issuance refused(List<Problem> first, List<Problem> second) {
    List<Problem> all = new ArrayList<>(first);
    all.addAll(second);
    return new Issuance.Refused(all);
  }

  private Intent intent(
      LintedCertificate linted, Order order, Profile profile, Requester requester, Instant now) {
    return new Intent(
        linted.serialNumber(),
        issuer.keyIdentifier(),
        profile.name(),
        order.user(),
        linted.toBeSigned().sha256(),
        requester,
        now,
        linted.crlShard());
  }

  /** A new root: a CA certificate that its own key signs. */
  public static Certificate root(
      DistinguishedName name, Signer signer, SerialNumber serial, Instant now) {
    return ca(CaOrder.root(name, signer.publicKey()), signer, serial, now);
  }

  /** A new issuing CA for {@code signer}'s key, below {@code root}, whose key signs. */
  public static Certificate issuing(
      DistinguishedName name,
      Signer signer,
      Certificate root,
      Signer rootSigner,
      SerialNumber serial,
      Instant now) {
    return ca(CaOrder.issuing(name, signer.publicKey(), root), rootSigner, serial, now);
  }

  private static Certificate ca(CaOrder order, Signer signer, SerialNumber serial, Instant now) {
    TBSCertificate tbs = new Draft(order, signer.algorithm(), serial, now).toBeSigned();
    Bytes toBeSigned = Parsing.encode(tbs);
    Certificate certificate =
        LintedCertificate.read(
            LintedCertificate.assemble(toBeSigned, tbs.getSignature(), signer.sign(toBeSigned)));
    if (!certificate.isSignedBy(signer.publicKey())) {
      throw new IllegalStateException("the signer returned a signature that does not verify");
    }
    return certificate;
  }
}
