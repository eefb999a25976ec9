package dev.postern.authority;

import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyAlgorithm;
import dev.postern.x509.KeyPurpose;
import dev.postern.x509.KeyUsage;
import dev.postern.x509.SerialNumber;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * A kind of certificate: which keys, how long, which names, for what. {@link #prepare} measures an
 * order against it and reports everything that does not fit.
 *
 * @param longest what an order may ask for at most
 * @param subject whether the certificate belongs to a user
 */
public record Profile(
    String name,
    Set<KeyAlgorithm> keys,
    Duration validity,
    Duration longest,
    Set<NameKind> names,
    Subject subject,
    Set<KeyUsage> keyUsage,
    Set<KeyPurpose> extendedKeyUsage) {

  /** The alternative names a profile lets in. */
  public enum NameKind {
    DNS,
    IP,
    EMAIL,
    URI,
    UPN;

    static boolean covers(Set<NameKind> kinds, GeneralName name) {
      return switch (name) {
        case GeneralName.DnsName _ -> kinds.contains(DNS);
        case GeneralName.IpAddress _ -> kinds.contains(IP);
        case GeneralName.Rfc822Name _ -> kinds.contains(EMAIL);
        case GeneralName.UniformResourceIdentifier _ -> kinds.contains(URI);
        case GeneralName.UserPrincipalName _ -> kinds.contains(UPN);
        case GeneralName.DirectoryName _, GeneralName.Other _ -> false;
      };
    }
  }

  /** Whom the subject names. */
  public enum Subject {
    /** A user of the ledger: without one the order is refused. */
    USER,
    /** A machine by its alternative names; a user has no place in it. */
    HOST,
    /** The authority itself. */
    AUTHORITY
  }

  /** Keys that BoringSSL accepts of a client in every TLS version (design decision 5). */
  private static final Set<KeyAlgorithm> COMMON_KEYS =
      Set.of(
          KeyAlgorithm.P256,
          KeyAlgorithm.P384,
          KeyAlgorithm.RSA_2048,
          KeyAlgorithm.RSA_3072,
          KeyAlgorithm.RSA_4096);

  /** A web server: 90 days; 398 at most, since Safari and Chrome refuse longer ones. */
  public static final Profile SERVER =
      new Profile(
          "server",
          COMMON_KEYS,
          Duration.ofDays(90),
          Duration.ofDays(398),
          Set.of(NameKind.DNS, NameKind.IP),
          Subject.HOST,
          Set.of(KeyUsage.DIGITAL_SIGNATURE),
          Set.of(KeyPurpose.SERVER_AUTH));

  /** A person's browser or tool. */
  public static final Profile CLIENT =
      new Profile(
          "client",
          COMMON_KEYS,
          Duration.ofDays(365),
          Duration.ofDays(825),
          Set.of(NameKind.EMAIL, NameKind.UPN, NameKind.URI),
          Subject.USER,
          Set.of(KeyUsage.DIGITAL_SIGNATURE),
          Set.of(KeyPurpose.CLIENT_AUTH));

  /**
   * A machine that signs in: it may also be known by DNS name, address or URI (SPIFFE, for one).
   */
  public static final Profile DEVICE =
      new Profile(
          "device",
          COMMON_KEYS,
          Duration.ofDays(365),
          Duration.ofDays(1095),
          Set.of(NameKind.DNS, NameKind.IP, NameKind.URI),
          Subject.USER,
          Set.of(KeyUsage.DIGITAL_SIGNATURE),
          Set.of(KeyPurpose.CLIENT_AUTH));

  /**
   * Signs OCSP answers for the authority that issued it (RFC 6960 §4.2.2.2). Short, because nobody
   * asks whether it was revoked itself; not for orders from outside.
   */
  public static final Profile OCSP_RESPONDER =
      new Profile(
          "ocsp-responder",
          Set.of(KeyAlgorithm.P256, KeyAlgorithm.P384),
          Duration.ofDays(30),
          Duration.ofDays(30),
          Set.of(),
          Subject.AUTHORITY,
          Set.of(KeyUsage.DIGITAL_SIGNATURE),
          Set.of(KeyPurpose.OCSP_SIGNING));

  public static final List<Profile> BUILT_IN = List.of(SERVER, CLIENT, DEVICE);

  public Profile {
    keys = Set.copyOf(keys);
    names = Set.copyOf(names);
    keyUsage = Set.copyOf(keyUsage);
    extendedKeyUsage = Set.copyOf(extendedKeyUsage);
    boolean nameless = names.isEmpty() && subject != Subject.AUTHORITY;
    if (keys.isEmpty() || nameless || extendedKeyUsage.isEmpty()) {
      throw new IllegalArgumentException(
          "profile " + name + " needs keys, names and an extended key usage");
    }
    if (validity.compareTo(longest) > 0 || !validity.isPositive()) {
      throw new IllegalArgumentException("profile " + name + " lasts longer than it may");
    }
  }

  /** The built-in profile of that name; {@link IllegalArgumentException} lists those there are. */
  public static Profile named(String name) {
    return BUILT_IN.stream()
        .filter(profile -> profile.name.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "a profile is one of "
                    + BUILT_IN.stream().map(Profile::name).toList()
                    + ", not "
                    + name));
  }

  /** Everything that is wrong with {@code order}, or the certificate ready to be signed. Pure. */
  public Preparation prepare(
      Order order,
      IssuerCertificate issuer,
      AlgorithmIdentifier signature,
      SerialNumber serial,
      Instant now) {
    List<Problem> problems = OrderCheck.problems(this, order, issuer, now);
    if (!problems.isEmpty()) {
      return new Preparation.Refused(problems);
    }
    var draft = new Draft(this, order, issuer, signature, serial, now);
    return LintedCertificate.lint(draft.toBeSigned(), this, issuer);
  }
}
