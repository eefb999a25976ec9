package dev.postern.access;

import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * Which field of a certificate names the user. With a pattern, the whole value must match, and the
 * first group (or the whole, without groups) is the user's name. {@code san.email} without a
 * pattern is looked up as an e-mail address, everything else as a name.
 */
public record IdentityMapping(Source source, Optional<Pattern> pattern) {
  /** The fields, in the configuration's words. */
  public enum Source {
    SAN_EMAIL("san.email"),
    SAN_UPN("san.upn"),
    SAN_URI("san.uri"),
    SAN_DNS("san.dns"),
    SUBJECT_UID("subject.uid"),
    SUBJECT_CN("subject.cn"),
    SUBJECT_DN("subject.dn"),
    SERIAL("serial"),
    FINGERPRINT("fingerprint");

    private final String word;

    Source(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }

    /** Reads the configuration's word; {@link IllegalArgumentException} lists the choices. */
    public static Source parse(String text) {
      return Arrays.stream(values())
          .filter(source -> source.word.equals(text))
          .findFirst()
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "identity is one of "
                      + Arrays.stream(values()).map(Source::word).collect(Collectors.joining(", "))
                      + ", not "
                      + text));
    }
  }

  /** Longer values are cut off from matching: a pattern must not be made to work for long. */
  private static final int MAX_VALUE = 512;

  /**
   * Where Postern's own certificates carry the user: set by the authority, never taken from a
   * request.
   */
  public static final IdentityMapping OWN =
      new IdentityMapping(Source.SUBJECT_UID, Optional.empty());

  /** The user this certificate names; empty when none, or when its values name different users. */
  public Optional<User> user(Certificate certificate, Directory directory) {
    return user(claims(certificate), directory);
  }

  /** What the certificate says of its user, to be remembered: it never changes. */
  List<String> claims(Certificate certificate) {
    return values(certificate).stream().filter(value -> value.length() <= MAX_VALUE).toList();
  }

  /** Whom these {@link #claims} name by now. */
  Optional<User> user(List<String> claims, Directory directory) {
    Optional<User> found = Optional.empty();
    for (String claim : claims) {
      Optional<User> user = lookUp(claim, directory);
      if (found.isPresent() && user.isPresent() && !user.equals(found)) {
        return Optional.empty();
      }
      found = user.isPresent() ? user : found;
    }
    return found;
  }

  private Optional<User> lookUp(String value, Directory directory) {
    if (pattern.isEmpty()) {
      return source == Source.SAN_EMAIL ? directory.withEmail(value) : directory.named(value);
    }
    Matcher matcher = pattern.get().matcher(value);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String name = matcher.groupCount() == 0 ? matcher.group() : matcher.group(1);
    return name == null ? Optional.empty() : directory.named(name);
  }

  private List<String> values(Certificate certificate) {
    return switch (source) {
      case SUBJECT_UID -> certificate.subject().attributes(BCStyle.UID);
      case SUBJECT_CN -> certificate.subject().attributes(BCStyle.CN);
      case SUBJECT_DN -> List.of(certificate.subject().toString());
      case SERIAL -> List.of(certificate.serialNumber().hex());
      case FINGERPRINT -> List.of(certificate.fingerprint().hex());
      case SAN_EMAIL, SAN_UPN, SAN_URI, SAN_DNS ->
          certificate.subjectAlternativeNames().stream()
              .flatMap(name -> value(name).stream())
              .toList();
    };
  }

  private Optional<String> value(GeneralName name) {
    return switch (name) {
      case GeneralName.Rfc822Name(String address) when source == Source.SAN_EMAIL ->
          Optional.of(address);
      case GeneralName.UserPrincipalName(String upn) when source == Source.SAN_UPN ->
          Optional.of(upn);
      case GeneralName.UniformResourceIdentifier(String uri) when source == Source.SAN_URI ->
          Optional.of(uri);
      case GeneralName.DnsName(String dns) when source == Source.SAN_DNS -> Optional.of(dns);
      default -> Optional.empty();
    };
  }
}
