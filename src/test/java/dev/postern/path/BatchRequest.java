package dev.postern.path;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One line of the {@code verify --batch} contract (design §6) as a request. Absent and null fields
 * mean the same: the default.
 */
record BatchRequest(JsonNode json) {
  String id() {
    return json.path("id").asText();
  }

  boolean wantsRevocation() {
    return json.path("revocation").asText("off").equals("require");
  }

  /**
   * Malformed when the leaf, a root or a name is; an intermediate that cannot be read only does not
   * help.
   */
  PathValidator.Request request(Instant now) throws MalformedException {
    List<TrustAnchor> anchors = new ArrayList<>();
    for (JsonNode root : json.path("roots")) {
      anchors.add(TrustAnchor.of(certificate(root)));
    }
    JsonNode at = json.path("at");
    return new PathValidator.Request(
        certificate(json.path("leaf")),
        intermediates(),
        anchors,
        Purpose.valueOf(upper("purpose", "any")),
        at.isTextual() ? OffsetDateTime.parse(at.asText()).toInstant() : now,
        rules());
  }

  /** What there is to tell revoked certificates by; what cannot be read does not help. */
  Evidence evidence() {
    JsonNode days = json.path("max_age_days");
    return new Evidence(
        readable("crls", CertificateList::parse),
        readable("ocsp", OcspResponse::parse),
        intermediates(),
        days.isNumber() ? Optional.of(Duration.ofDays(days.asLong())) : Optional.empty());
  }

  private List<Certificate> intermediates() {
    return readable("intermediates", Certificate::parse);
  }

  private interface Parser<T> {
    T parse(Bytes der) throws MalformedException;
  }

  private <T> List<T> readable(String field, Parser<T> parser) {
    List<T> values = new ArrayList<>();
    for (JsonNode base64 : json.path(field)) {
      readable(base64, parser).ifPresent(values::add);
    }
    return values;
  }

  private static <T> Optional<T> readable(JsonNode base64, Parser<T> parser) {
    try {
      return Optional.of(parser.parse(bytes(base64)));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  private static Certificate certificate(JsonNode base64) throws MalformedException {
    return Certificate.parse(bytes(base64));
  }

  private static Bytes bytes(JsonNode base64) {
    return Bytes.of(Base64.getDecoder().decode(base64.asText()));
  }

  private PathRules rules() {
    PathRules rules =
        PathRules.DEFAULT
            .withProfile(PathProfile.valueOf(upper("profile", "rfc5280")))
            .withExtendedKeyUsage(
                ExtendedKeyUsageMode.valueOf(upper("eku_mode", "lenient").replace('-', '_')))
            .withNames(names());
    JsonNode depth = json.path("max_depth");
    JsonNode policy = json.path("policy");
    rules = depth.isInt() ? rules.withMaxDepth(depth.asInt()) : rules;
    return policy.isObject() ? rules.withPolicy(policy(policy)) : rules;
  }

  private String upper(String field, String otherwise) {
    return json.path(field).asText(otherwise).toUpperCase(Locale.ROOT);
  }

  private List<GeneralName> names() {
    List<GeneralName> names = new ArrayList<>();
    for (JsonNode name : json.path("names")) {
      String value = name.path("value").asText();
      names.add(
          switch (name.path("kind").asText()) {
            case "DNS" -> new GeneralName.DnsName(value);
            case "IP" -> GeneralName.IpAddress.parse(value);
            case "RFC822" -> new GeneralName.Rfc822Name(value);
            default -> throw new IllegalArgumentException("a name is DNS, IP or RFC822: " + name);
          });
    }
    return names;
  }

  private static PolicyInput policy(JsonNode policy) {
    Set<String> initial = new HashSet<>();
    policy.path("initial").forEach(oid -> initial.add(oid.asText()));
    Set<PolicyInput.Demand> demands = EnumSet.noneOf(PolicyInput.Demand.class);
    if (policy.path("require_explicit").asBoolean()) {
      demands.add(PolicyInput.Demand.EXPLICIT_POLICY);
    }
    if (policy.path("inhibit_mapping").asBoolean()) {
      demands.add(PolicyInput.Demand.INHIBIT_MAPPING);
    }
    if (policy.path("inhibit_any").asBoolean()) {
      demands.add(PolicyInput.Demand.INHIBIT_ANY_POLICY);
    }
    return new PolicyInput(initial.isEmpty() ? Set.of(PolicyInput.ANY_POLICY) : initial, demands);
  }
}
