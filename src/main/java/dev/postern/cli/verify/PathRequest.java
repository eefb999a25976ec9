package dev.postern.cli.verify;

import dev.postern.cli.verify.Fields.BadRequestException;
import dev.postern.path.Era;
import dev.postern.path.ExtendedKeyUsageMode;
import dev.postern.path.PathProfile;
import dev.postern.path.PathRules;
import dev.postern.path.PathValidator;
import dev.postern.path.PolicyInput;
import dev.postern.path.Purpose;
import dev.postern.path.TrustAnchor;
import dev.postern.revocation.CertificateList;
import dev.postern.revocation.Evidence;
import dev.postern.revocation.OcspResponse;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import dev.postern.x509.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One line of the {@code verify --batch} contract (design §6) as a request to the validator. */
record PathRequest(Fields fields) {
  /** What the answer is about. */
  enum Report {
    PATH,
    REVOCATION
  }

  Report report() throws BadRequestException {
    return switch (fields.text("report").orElse("path")) {
      case "path" -> Report.PATH;
      case "revocation" -> Report.REVOCATION;
      default -> throw new BadRequestException("report is path or revocation");
    };
  }

  /**
   * Malformed when the leaf or a root is; an intermediate, CRL or OCSP response that cannot be read
   * only does not help.
   */
  PathValidator.Request request(Instant now) throws BadRequestException, MalformedException {
    Certificate leaf = Certificate.parse(fields.bytes("leaf"));
    List<TrustAnchor> anchors = new ArrayList<>();
    for (Bytes root : fields.byteses("roots")) {
      anchors.add(TrustAnchor.of(Certificate.parse(root)));
    }
    Optional<Instant> at = at();
    return new PathValidator.Request(
        leaf,
        intermediates(),
        anchors,
        purpose(),
        at.orElse(now),
        rules().withEra(at.map(Era::of).orElse(Era.TODAY)));
  }

  private List<Certificate> intermediates() throws BadRequestException, MalformedException {
    return readable("intermediates", Certificate::parse);
  }

  private interface Parser<T> {
    T parse(Bytes der) throws MalformedException;
  }

  private <T> List<T> readable(String field, Parser<T> parser)
      throws BadRequestException, MalformedException {
    List<T> readable = new ArrayList<>();
    for (Bytes der : fields.byteses(field)) {
      readable(der, parser).ifPresent(readable::add);
    }
    return readable;
  }

  private static <T> Optional<T> readable(Bytes der, Parser<T> parser) {
    try {
      return Optional.of(parser.parse(der));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  private Purpose purpose() throws BadRequestException {
    return switch (fields.text("purpose").orElse("any")) {
      case "client" -> Purpose.CLIENT;
      case "server" -> Purpose.SERVER;
      case "any" -> Purpose.ANY;
      default -> throw new BadRequestException("purpose is client, server or any");
    };
  }

  private Optional<Instant> at() throws BadRequestException {
    Optional<String> text = fields.text("at");
    try {
      return text.map(time -> OffsetDateTime.parse(time).toInstant());
    } catch (DateTimeParseException e) {
      throw new BadRequestException("at is a time like 2026-11-23T00:00:00Z");
    }
  }

  private PathRules rules() throws BadRequestException {
    PathRules rules =
        PathRules.DEFAULT
            .withProfile(profile())
            .withExtendedKeyUsage(extendedKeyUsage())
            .withNames(names());
    Optional<Integer> depth = fields.count("max_depth");
    Optional<Fields> policy = fields.object("policy");
    rules = depth.isPresent() ? rules.withMaxDepth(depth.get()) : rules;
    return policy.isPresent() ? rules.withPolicy(policy(policy.get())) : rules;
  }

  private PathProfile profile() throws BadRequestException {
    return switch (fields.text("profile").orElse("rfc5280")) {
      case "rfc5280" -> PathProfile.RFC5280;
      case "webpki" -> PathProfile.WEBPKI;
      default -> throw new BadRequestException("profile is rfc5280 or webpki");
    };
  }

  private ExtendedKeyUsageMode extendedKeyUsage() throws BadRequestException {
    return switch (fields.text("eku_mode").orElse("lenient")) {
      case "lenient" -> ExtendedKeyUsageMode.LENIENT;
      case "strict-leaf" -> ExtendedKeyUsageMode.STRICT_LEAF;
      case "strict" -> ExtendedKeyUsageMode.STRICT;
      default -> throw new BadRequestException("eku_mode is lenient, strict-leaf or strict");
    };
  }

  private List<GeneralName> names() throws BadRequestException {
    List<GeneralName> names = new ArrayList<>();
    for (var element : fields.elements("names")) {
      Fields name = new Fields(element);
      String value =
          name.text("value").orElseThrow(() -> new BadRequestException("a name has a value"));
      names.add(
          switch (name.text("kind").orElse("")) {
            case "DNS" -> new GeneralName.DnsName(value);
            case "IP" -> address(value);
            case "RFC822" -> new GeneralName.Rfc822Name(value);
            default -> throw new BadRequestException("a name's kind is DNS, IP or RFC822");
          });
    }
    return names;
  }

  private static GeneralName address(String literal) throws BadRequestException {
    try {
      return GeneralName.IpAddress.parse(literal);
    } catch (IllegalArgumentException e) {
      throw new BadRequestException(String.valueOf(e.getMessage()));
    }
  }

  private static PolicyInput policy(Fields policy) throws BadRequestException {
    Set<PolicyInput.Demand> demands = EnumSet.noneOf(PolicyInput.Demand.class);
    if (policy.flag("require_explicit")) {
      demands.add(PolicyInput.Demand.EXPLICIT_POLICY);
    }
    if (policy.flag("inhibit_mapping")) {
      demands.add(PolicyInput.Demand.INHIBIT_MAPPING);
    }
    if (policy.flag("inhibit_any")) {
      demands.add(PolicyInput.Demand.INHIBIT_ANY_POLICY);
    }
    Set<String> initial = new HashSet<>(policy.texts("initial"));
    return new PolicyInput(initial.isEmpty() ? Set.of(PolicyInput.ANY_POLICY) : initial, demands);
  }

  /** What is to be said about revocation, where the request wants it looked at. */
  Optional<Evidence> evidence() throws BadRequestException, MalformedException {
    boolean required =
        switch (fields.text("revocation").orElse("off")) {
          case "require" -> true;
          case "off" -> report() == Report.REVOCATION;
          default -> throw new BadRequestException("revocation is off or require");
        };
    Optional<Duration> maxAge = fields.count("max_age_days").map(Duration::ofDays);
    return required
        ? Optional.of(
            new Evidence(
                readable("crls", CertificateList::parse),
                readable("ocsp", OcspResponse::parse),
                intermediates(),
                maxAge))
        : Optional.empty();
  }
}
