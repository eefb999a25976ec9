package dev.postern.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.postern.access.Rule;
import dev.postern.access.User;
import dev.postern.authority.Ledger.Entry;
import dev.postern.ledger.Event;
import dev.postern.ledger.Invitation;
import dev.postern.ledger.SignIn;
import dev.postern.ledger.SqlLedger;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What there is, as programs see it: the same for REST and for {@code --json}. */
public final class Views {
  private static final JsonMapper MAPPER = new JsonMapper();

  private Views() {}

  /** {@code now}: what its state is then. */
  public static Map<String, Object> json(Entry entry, Instant now) {
    Certificate certificate = entry.certificate();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("serial", certificate.serialNumber().hex());
    map.put("profile", entry.profile());
    map.put("user", entry.user().orElse(null));
    map.put("state", CertificateState.of(entry, now).word());
    map.put("subject", certificate.subject().toString());
    map.put("names", names(certificate));
    map.put("notBefore", certificate.notBefore().toString());
    map.put("notAfter", certificate.notAfter().toString());
    map.put("fingerprint", certificate.fingerprint().hex());
    map.put("issuedAt", entry.issuedAt().toString());
    map.put("requester", entry.requester().name());
    map.put(
        "revokedAt", entry.revoked().map(each -> each.revocationTime().toString()).orElse(null));
    map.put("revocationReason", entry.revoked().map(each -> each.reason().word()).orElse(null));
    return map;
  }

  /** With its last use and its history. */
  public static Map<String, Object> whole(Entry entry, SqlLedger ledger, Instant now) {
    Map<String, Object> map = json(entry, now);
    addHistory(map, entry.certificate().serialNumber().hex(), ledger);
    return map;
  }

  static void addHistory(Map<String, Object> map, String serial, SqlLedger ledger) {
    var use = ledger.signIns().lastUse(serial);
    map.put("lastUsedAt", use.map(each -> each.at().toString()).orElse(null));
    map.put("lastUsedFrom", use.map(each -> each.address()).orElse(null));
    map.put("history", ledger.events().about(serial).stream().map(Views::json).toList());
  }

  static List<String> names(Certificate certificate) {
    return certificate.subjectAlternativeNames().stream().map(GeneralName::text).toList();
  }

  public static Map<String, Object> json(User user) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", user.name());
    map.put("displayName", user.displayName());
    map.put("email", user.email().orElse(null));
    map.put("groups", user.groups().stream().sorted().toList());
    map.put("state", state(user));
    return map;
  }

  public static Map<String, Object> json(Invitation invitation, Instant now) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", invitation.id());
    map.put("user", invitation.user());
    map.put("device", invitation.device().orElse(null));
    map.put("state", invitation.word(now));
    map.put("createdAt", invitation.createdAt().toString());
    map.put("expiresAt", invitation.expiresAt().toString());
    map.put("requester", invitation.requester().name());
    if (invitation.state() instanceof Invitation.State.Used(var serial, Instant at, String from)) {
      map.put("serial", serial.hex());
      map.put("usedAt", at.toString());
      map.put("usedFrom", from);
    }
    return map;
  }

  static String state(User user) {
    return user.state().name().toLowerCase(Locale.ROOT);
  }

  /** Changes whenever anything about the user does (RFC 9110 §8.8.3). */
  static String entityTag(User user) {
    String all = json(user).toString();
    String hash = Bytes.of(all.getBytes(StandardCharsets.UTF_8)).sha256().hex();
    return "\"" + hash.substring(0, 32) + "\"";
  }

  static Map<String, Object> json(Event event) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("position", event.position());
    map.put("kind", event.kind());
    map.put("subject", event.subject());
    map.put("detail", detail(event));
    map.put("who", event.who());
    map.put("at", event.at().toString());
    return map;
  }

  static Map<String, String> detail(Event event) {
    try {
      return MAPPER.readValue(
          event.detail(), new TypeReference<LinkedHashMap<String, String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("event " + event.position() + " is damaged", e);
    }
  }

  static Map<String, Object> json(SignIn each) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("at", each.at().toString());
    map.put("code", each.code());
    map.put("host", each.host());
    map.put("path", each.path());
    map.put("address", each.address());
    map.put("user", each.user().orElse(null));
    map.put("serial", each.serial().orElse(null));
    map.put("reference", each.reference());
    return map;
  }

  static Map<String, Object> json(ConsoleSite site) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("host", site.host());
    map.put("upstream", site.upstream());
    map.put("rules", site.rules().stream().map(Rule::text).toList());
    return map;
  }

  static Map<String, Object> json(Certificate authority, boolean root) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("keyId", authority.keyIdentifier().hex());
    map.put("subject", authority.subject().toString());
    map.put("root", root);
    map.put("serial", authority.serialNumber().hex());
    map.put("notBefore", authority.notBefore().toString());
    map.put("notAfter", authority.notAfter().toString());
    map.put("fingerprint", authority.fingerprint().hex());
    return map;
  }
}
