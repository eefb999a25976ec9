package dev.postern.revocation;

import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.Parsing;
import dev.postern.x509.SerialNumber;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/** Decides what to say about each certificate that is asked about, for one issuer. */
public final class OcspResponder {
  /** RFC 5019 §2.1.1 wants SHA-1; here it hides nothing and protects nothing. */
  private static final Map<String, String> HASHES =
      Map.of(
          OIWObjectIdentifiers.idSHA1.getId(), "SHA-1",
          NISTObjectIdentifiers.id_sha256.getId(), "SHA-256",
          NISTObjectIdentifiers.id_sha384.getId(), "SHA-384",
          NISTObjectIdentifiers.id_sha512.getId(), "SHA-512");

  /** By hash algorithm: how CertIDs name this issuer. */
  private final Map<String, Known> known = new HashMap<>();

  private record Known(Bytes nameHash, Bytes keyHash) {}

  public OcspResponder(Certificate issuer) {
    byte[] name = Parsing.encode(issuer.subject().structure()).toArray();
    byte[] key = issuer.publicKey().structure().getPublicKeyData().getOctets();
    HASHES.forEach(
        (oid, algorithm) -> known.put(oid, new Known(hash(algorithm, name), hash(algorithm, key))));
  }

  private static Bytes hash(String algorithm, byte[] content) {
    try {
      return Bytes.of(MessageDigest.getInstance(algorithm).digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is in every JDK", e);
    }
  }

  /** The question about one of the issuer's own certificates, as RFC 5019 §2.1.1 puts it. */
  public OcspQuestion question(SerialNumber serial) {
    Known issuer = known.get(OIWObjectIdentifiers.idSHA1.getId());
    if (issuer == null) {
      throw new IllegalStateException("SHA-1 is among the hashes");
    }
    var id =
        new CertID(
            new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1, DERNull.INSTANCE),
            new DEROctetString(issuer.nameHash().toArray()),
            new DEROctetString(issuer.keyHash().toArray()),
            new ASN1Integer(serial.value()));
    return new OcspQuestion(List.of(OcspQuestion.Asked.of(id)), Optional.empty());
  }

  /** Whether the certificate is, or would be, this issuer's. */
  public boolean isOurs(OcspQuestion.Asked asked) {
    Known issuer = known.get(asked.hashAlgorithm());
    return issuer != null
        && issuer.nameHash().equals(asked.issuerNameHash())
        && issuer.keyHash().equals(asked.issuerKeyHash());
  }

  /** {@code statuses} is asked about our own certificates alone. */
  public OcspAnswer answer(
      OcspQuestion question,
      Function<SerialNumber, IssuedStatus> statuses,
      Instant thisUpdate,
      Instant nextUpdate) {
    return new OcspAnswer(
        question.asked().stream()
            .map(asked -> new OcspAnswer.Single(asked, status(asked, statuses)))
            .toList(),
        question.nonce(),
        thisUpdate,
        nextUpdate);
  }

  private Optional<IssuedStatus> status(
      OcspQuestion.Asked asked, Function<SerialNumber, IssuedStatus> statuses) {
    return isOurs(asked) ? Optional.of(statuses.apply(asked.serial())) : Optional.empty();
  }
}
