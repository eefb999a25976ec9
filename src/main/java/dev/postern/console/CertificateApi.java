package dev.postern.console;

import dev.postern.authority.Ledger.Entry;
import dev.postern.authority.Revocation;
import dev.postern.authority.StatusChange;
import dev.postern.ledger.CertificateQuery;
import dev.postern.ledger.Page;
import dev.postern.ledger.SqlLedger;
import dev.postern.revocation.CrlReason;
import dev.postern.web.JsonBody;
import dev.postern.web.Pages;
import dev.postern.web.Reply;
import dev.postern.web.Routes.Call;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.Pem;
import dev.postern.x509.SerialNumber;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code /certificates}. */
final class CertificateApi {
  private final SqlLedger ledger;
  private final InstantSource clock;
  private final Pages pages;

  CertificateApi(ConsoleServices services, Pages pages) {
    this.ledger = services.ledger();
    this.clock = services.clock();
    this.pages = pages;
  }

  void addTo(Api api) {
    api.get("/certificates", this::list)
        .get("/certificates/{serial}", this::one)
        .get("/certificates/{serial}/pem", this::pem)
        .post("/certificates/{serial}/revoke", this::revoke)
        .post("/certificates/{serial}/suspend", call -> change(call, new StatusChange.Suspend()))
        .post("/certificates/{serial}/release", call -> change(call, new StatusChange.Release()));
  }

  /** What a list of certificates is asked by. */
  static CertificateQuery query(Filters filters, Instant now) throws MalformedException {
    CertificateQuery query = CertificateQuery.ALL.limit(filters.limit());
    query = filters.text("user").map(query::user).orElse(query);
    query = filters.text("profile").map(query::profile).orElse(query);
    query = filters.text("text").map(query::text).orElse(query);
    query = filters.instant("expiresBefore").map(query::expiringBefore).orElse(query);
    query = filters.instant("expiresAfter").map(query::expiringAfter).orElse(query);
    query = filters.cursor().map(String::valueOf).map(query::after).orElse(query);
    Optional<CertificateState> state = filters.certificateState();
    return state.isPresent() ? state.get().narrow(query, now) : query;
  }

  private Reply list(Call call) throws MalformedException {
    Instant now = clock.instant();
    Filters filters =
        Filters.of(
            call,
            "user",
            "profile",
            "state",
            "text",
            "expiresBefore",
            "expiresAfter",
            "limit",
            "after");
    Page page = ledger.list(query(filters, now));
    return Api.page(
        page.entries().stream().map(entry -> Views.json(entry, now)).toList(), page.next());
  }

  private Reply one(Call call) throws MalformedException {
    Optional<Entry> entry = entry(ledger, call);
    if (entry.isEmpty()) {
      return unknown(call);
    }
    Certificate certificate = entry.get().certificate();
    Map<String, Object> map = Views.json(entry.get(), clock.instant());
    map.put("issuer", certificate.issuer().toString());
    map.put("key", certificate.publicKey().algorithm().label());
    map.put("pem", Pem.write(certificate));
    Views.addHistory(map, certificate.serialNumber().hex(), ledger);
    return Reply.json(200, map);
  }

  private Reply pem(Call call) throws MalformedException {
    return entry(ledger, call)
        .map(entry -> pem(entry.certificate()))
        .orElseGet(() -> unknown(call));
  }

  /** To be saved, under a name that nobody else chose. */
  static Reply pem(Certificate certificate) {
    return Reply.of(
            200,
            "application/x-pem-file",
            Bytes.of(Pem.write(certificate).getBytes(StandardCharsets.US_ASCII)))
        .with(
            "content-disposition",
            "attachment; filename=\"" + certificate.serialNumber().tail() + ".pem\"")
        .with("x-content-type-options", "nosniff");
  }

  /** The certificate that the path names; empty when it was never issued. */
  static Optional<Entry> entry(SqlLedger ledger, Call call) throws MalformedException {
    try {
      return ledger.withSerial(SerialNumber.ofHex(call.named("serial")));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("serial", "is 1 to 40 hexadecimal digits");
    }
  }

  private Reply unknown(Call call) {
    return pages.tell(
        call.exchange(), Refusal.notFound("no certificate was issued with this serial number"));
  }

  private Reply revoke(Call call) throws MalformedException {
    String word = JsonBody.of(call.exchange(), "reason").required("reason");
    Optional<StatusChange> wish = revocation(word);
    return wish.isEmpty()
        ? pages.tell(
            call.exchange(),
            Refusal.invalid(
                "reason: is "
                    + String.join(", ", reasons().stream().map(CrlReason::word).toList())))
        : changed(call, wish.get());
  }

  private Reply change(Call call, StatusChange wish) throws MalformedException {
    if (call.exchange().body().size() > 0) {
      JsonBody.of(call.exchange());
    }
    return changed(call, wish);
  }

  private Reply changed(Call call, StatusChange wish) throws MalformedException {
    Optional<Entry> entry = entry(ledger, call);
    if (entry.isEmpty()) {
      return unknown(call);
    }
    SerialNumber serial = entry.get().certificate().serialNumber();
    Visitor visitor = Visitor.in(call.exchange());
    return switch (ledger.revocations().change(List.of(serial), wish, visitor.requester())) {
      case Revocation.Refused(String reason) ->
          pages.tell(call.exchange(), Refusal.conflict(reason));
      case Revocation.Done(List<Entry> changed, List<Entry> unchanged) -> {
        boolean any = !changed.isEmpty();
        Map<String, Object> map =
            Views.json(any ? changed.getFirst() : unchanged.getFirst(), clock.instant());
        map.put("changed", any);
        yield Reply.json(200, map);
      }
    };
  }

  /** A revocation for good, for a reason in the standard's words. */
  static Optional<StatusChange> revocation(String word) {
    return CrlReason.named(word).filter(reasons()::contains).map(StatusChange.Revoke::new);
  }

  /**
   * Those that can be why a person's or server's certificate is no good any more (RFC 5280 §5.3.1):
   * the others speak of authorities, and of attribute certificates.
   */
  static List<CrlReason> usualReasons() {
    return List.of(
        CrlReason.UNSPECIFIED,
        CrlReason.KEY_COMPROMISE,
        CrlReason.AFFILIATION_CHANGED,
        CrlReason.SUPERSEDED,
        CrlReason.CESSATION_OF_OPERATION,
        CrlReason.PRIVILEGE_WITHDRAWN);
  }

  /** Those that an administrator may give. */
  static List<CrlReason> reasons() {
    return Arrays.stream(CrlReason.values())
        .filter(
            reason -> reason != CrlReason.CERTIFICATE_HOLD && reason != CrlReason.REMOVE_FROM_CRL)
        .collect(Collectors.toList());
  }
}
