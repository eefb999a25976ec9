package dev.postern.ledger;

import dev.postern.authority.Ledger;
import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.authority.Requester;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.GeneralName;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SerialNumber;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The tables of certificates and issuers. */
final class Certificates {
  /** RFC 5280 §4.1.2.2: at most 20 octets. */
  private static final int SERIAL_DIGITS = 40;

  private static final int MAX_LIKE = 10;

  /** Fewer digits would match by accident. */
  private static final int MIN_LIKE = 4;

  private static final String ROW =
      "select state, tbs_digest, requester, fingerprint, profile, user_name from certificates"
          + " where serial = ?";

  private static final String INTEND =
      "insert into certificates (serial, state, issuer_key_id, profile, user_name, user_key,"
          + " tbs_digest, requester, intended_at, crl_shard)"
          + " values (?, 'INTENDED', ?, ?, ?, ?, ?, ?, ?, ?) on conflict (serial) do nothing";

  private static final String ISSUE =
      "update certificates set state = 'ISSUED', issued_at = ?, subject = ?, names = ?,"
          + " not_before = ?, not_after = ?, fingerprint = ?, der = ?, ordinal = ?"
          + " where serial = ? and state = 'INTENDED'";

  private static final String ENTRY =
      "select c.der, c.profile, c.user_name, c.requester, c.issued_at, c.ordinal, r.reason,"
          + " r.revoked_at from certificates c left join revocations r"
          + " on r.serial = c.serial and r.state <> 'RELEASED'";

  private static final String ROW_OF_FOUND =
      "exists (select 1 from certificates o where o.ordinal = found.ordinal and ";

  private static final String LOOKED_AFTER =
      ROW_OF_FOUND
          + "o.requester not in ('"
          + Requester.GATEWAY.name()
          + "', '"
          + Requester.OCSP.name()
          + "'))";

  /** Less than a third of the term is left, as where Postern renews by itself. */
  private static final String LATE =
      ROW_OF_FOUND + "(o.not_after - :late) * 3 < o.not_after - o.not_before)";

  /** So many are looked up one by one sooner than a long list is read. */
  private static final int FEW = 300;

  private static final String ROWS = "select ordinal from certificates found where ordinal > 0";

  private static final String LIST =
      "select ordinal from certificate_terms found where term = :term";

  private static final String LISTED =
      " and exists (select 1 from certificate_terms other where other.ordinal = found.ordinal"
          + " and other.term = :term";

  private final Database database;

  Certificates(Database database) {
    this.database = database;
  }

  /** What a completion is checked against. */
  record Row(
      SerialNumber serial,
      boolean issued,
      Bytes toBeSignedDigest,
      Requester requester,
      Optional<Bytes> fingerprint,
      String profile,
      Optional<String> user) {
    boolean isIssuedAs(Certificate certificate) {
      return fingerprint.isPresent() && fingerprint.get().equals(certificate.fingerprint());
    }

    void requireIntentFor(Issued certificate) {
      if (issued) {
        throw new IllegalStateException("issued before, as another certificate: " + serial);
      }
      if (!certificate.certificate().serialNumber().equals(serial)
          || !certificate.toBeSignedDigest().equals(toBeSignedDigest)) {
        throw new IllegalStateException("not what was intended for serial number " + serial);
      }
    }
  }

  /** A certificate, and what is written down of it. */
  record Issued(
      Certificate certificate,
      Bytes toBeSignedDigest,
      String subject,
      String names,
      Set<String> terms) {
    static Issued of(Certificate certificate) {
      String subject = certificate.subject().toString();
      List<String> names =
          certificate.subjectAlternativeNames().stream().map(GeneralName::text).toList();
      return new Issued(
          certificate,
          SqlLedger.toBeSignedDigest(certificate),
          subject,
          String.join("\n", names),
          Terms.of(certificate.serialNumber(), subject, names));
    }
  }

  static Optional<Row> row(Batch batch, SerialNumber serial) throws SQLException {
    try (ResultSet row = batch.statement(ROW, text(serial)).executeQuery()) {
      return row.next()
          ? Optional.of(
              new Row(
                  serial,
                  row.getString(1).equals("ISSUED"),
                  Bytes.ofHex(row.getString(2)),
                  new Requester(row.getString(3)),
                  Optional.ofNullable(row.getString(4)).map(Bytes::ofHex),
                  row.getString(5),
                  Optional.ofNullable(row.getString(6))))
          : Optional.empty();
    }
  }

  /** False when the serial number was used before. */
  static boolean intend(Batch batch, Ledger.Intent intent) throws SQLException {
    int rows =
        batch.execute(
            INTEND,
            text(intent.serial()),
            intent.issuerKeyIdentifier().hex(),
            intent.profile(),
            intent.user().orElse(null),
            intent.user().map(Fold::ascii).orElse(null),
            intent.toBeSignedDigest().hex(),
            intent.requester().name(),
            intent.at().toEpochMilli(),
            intent.crlShard().isPresent() ? intent.crlShard().getAsInt() : null);
    return rows == 1;
  }

  /** Numbers it, and writes down what it is found by. */
  static void issue(Batch batch, Row row, Issued issued, Instant now) throws SQLException {
    Certificate certificate = issued.certificate();
    long ordinal = batch.nextOrdinal();
    batch.execute(
        ISSUE,
        now.toEpochMilli(),
        issued.subject(),
        issued.names(),
        certificate.notBefore().toEpochMilli(),
        certificate.notAfter().toEpochMilli(),
        certificate.fingerprint().hex(),
        certificate.der().toArray(),
        ordinal,
        text(row.serial()));
    Set<String> terms = Terms.with(issued.terms(), row.profile(), row.user());
    batch.index(ordinal, certificate.notAfter().toEpochMilli(), terms);
  }

  Optional<Ledger.Entry> withSerial(SerialNumber serial) {
    return entries("c.serial = :serial", Map.of("serial", text(serial)), 1).stream().findFirst();
  }

  List<Ledger.Entry> withSerialLike(String hex) {
    String digits = hex.strip().toLowerCase(Locale.ROOT).replace(":", "").replaceFirst("^0x", "");
    if (digits.length() < MIN_LIKE || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      throw new IllegalArgumentException(
          "part of a serial number is at least " + MIN_LIKE + " hexadecimal digits, not " + hex);
    }
    String head = digits.replaceFirst("^0+", "");
    return head.isEmpty()
        ? List.of() // zeros alone would begin every number
        : entries(
            "(c.serial like :tail or ltrim(c.serial, '0') like :head)",
            Map.of("tail", "%" + digits, "head", head + "%"),
            MAX_LIKE);
  }

  Optional<Ledger.Entry> withFingerprint(Bytes fingerprint) {
    return entries("c.fingerprint = :fingerprint", Map.of("fingerprint", fingerprint.hex()), 1)
        .stream()
        .findFirst();
  }

  private List<Ledger.Entry> entries(String condition, Map<String, ?> values, int limit) {
    return database.read(handle -> entries(handle, condition, values, limit));
  }

  List<Ledger.Entry> entries(Handle handle, String condition, Map<String, ?> values, int limit) {
    return handle
        .createQuery(
            ENTRY
                + " where c.state = 'ISSUED' and "
                + condition
                + " order by c.ordinal desc limit "
                + limit)
        .bindMap(values)
        .map((row, _) -> entry(row))
        .list();
  }

  Page list(CertificateQuery query) {
    if (query.text().isPresent()
        && query.fingerprint().isEmpty()
        && Terms.asked(query.text().get()).isEmpty()) {
      return new Page(List.of(), Optional.empty()); // no word was asked for: nothing has it
    }
    Map<String, Object> values = new HashMap<>();
    values.put("most", query.limit() + 1);
    return database.read(handle ->
        page(
            handle
                .createQuery(
                    ENTRY
                        + " where c.ordinal in (select ordinal from ("
                        + found(handle, query, values)
                        + " order by ordinal desc limit :most) found) order by c.ordinal desc")
                .bindMap(values)
                .map((row, _) -> new Numbered(row.getLong("ordinal"), entry(row)))
                .list(),
            query.limit()));
  }

  /**
   * Selects the ordinals of what is asked for. Of several terms the lists are gone through
   * together, newest first, until the page is full; that would be long if one of them had few
   * certificates. Those are then looked up in the other lists.
   */
  private static String found(Handle handle, CertificateQuery query, Map<String, Object> values) {
    String conditions = dates(query, values);
    String ofRows = rows(query, values);
    List<String> terms = new ArrayList<>(query.terms());
    Optional<String> fingerprint = query.fingerprint();
    if (terms.isEmpty() || fingerprint.isPresent()) {
      String one = fingerprint.isPresent() ? " and fingerprint = :fingerprint" : "";
      fingerprint.ifPresent(value -> values.put("fingerprint", value));
      StringBuilder found = new StringBuilder(ROWS).append(one).append(conditions).append(ofRows);
      for (int i = 0; i < terms.size(); i++) {
        values.put("term" + i, terms.get(i));
        found.append(LISTED).append(i).append(')');
      }
      return found.toString();
    }
    Optional<String> rare = terms.size() == 1 ? Optional.empty() : rare(handle, terms);
    rare.ifPresent(term -> {
      terms.remove(term);
      terms.addFirst(term);
    });
    StringBuilder found = new StringBuilder();
    for (int i = 0; i < terms.size(); i++) {
      values.put("term" + i, terms.get(i));
      if (i == 0) {
        found.append(LIST).append(i).append(conditions).append(ofRows);
      } else if (rare.isPresent()) {
        found.append(LISTED).append(i).append(')');
      } else {
        found.append(" intersect ").append(LIST).append(i).append(conditions);
      }
    }
    return found.toString();
  }

  /** One of the terms that has few certificates. */
  private static Optional<String> rare(Handle handle, List<String> terms) {
    return terms.stream()
        .filter(term ->
            handle
                    .createQuery(
                        "select count(*) from (select 1 from certificate_terms where term = ?"
                            + " limit ?) some")
                    .bind(0, term)
                    .bind(1, FEW)
                    .mapTo(Integer.class)
                    .one()
                < FEW)
        .findFirst();
  }

  private record Numbered(long ordinal, Ledger.Entry entry) {}

  private static String dates(CertificateQuery query, Map<String, Object> values) {
    StringBuilder conditions = new StringBuilder();
    query
        .after()
        .map(Certificates::cursor)
        .ifPresent(ordinal -> {
          values.put("after", ordinal);
          conditions.append(" and ordinal < :after");
        });
    query
        .expiringBefore()
        .ifPresent(at -> {
          values.put("before", at.toEpochMilli());
          conditions.append(" and not_after < :before");
        });
    query
        .expiringAfter()
        .ifPresent(at -> {
          values.put("notBefore", at.toEpochMilli());
          conditions.append(" and not_after >= :notBefore");
        });
    return conditions.toString();
  }

  /** What only the certificate's own row knows; looked up for those that fit everything else. */
  private static String rows(CertificateQuery query, Map<String, Object> values) {
    query.lateAt().ifPresent(at -> values.put("late", at.toEpochMilli()));
    return (query.withoutOwn() ? " and " + LOOKED_AFTER : "")
        + (query.lateAt().isPresent() ? " and " + LATE : "");
  }

  private static long cursor(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not the end of a page: " + text, e);
    }
  }

  /** One more than asked for was read: it shows whether there is a next page. */
  private static Page page(List<Numbered> found, int limit) {
    List<Ledger.Entry> entries = found.stream().limit(limit).map(Numbered::entry).toList();
    return new Page(
        entries,
        found.size() > limit
            ? Optional.of(String.valueOf(found.get(limit - 1).ordinal()))
            : Optional.empty());
  }

  CertificateCounts counts(Instant now, Instant soon) {
    return database.read(handle ->
        handle
            .createQuery(
                "select sum(case when not_after >= :now then 1 else 0 end) as active,"
                    + " sum(case when not_after >= :now and not_after < :soon and "
                    + LOOKED_AFTER
                    + " and "
                    + LATE
                    + " then 1 else 0 end) as expiring, count(*) as good,"
                    + " (select count(*) from certificate_terms where term = :revoked) as revoked,"
                    + " (select count(*) from certificate_terms where term = :held) as held"
                    + " from certificate_terms found where term = :good")
            .bind("now", now.toEpochMilli())
            .bind("late", now.toEpochMilli())
            .bind("soon", soon.toEpochMilli())
            .bind("good", Terms.standing(Standing.GOOD))
            .bind("held", Terms.standing(Standing.HELD))
            .bind("revoked", Terms.standing(Standing.REVOKED))
            .map((row, _) ->
                new CertificateCounts(
                    row.getLong("active"),
                    row.getLong("expiring"),
                    row.getLong("good") - row.getLong("active"),
                    row.getLong("held"),
                    row.getLong("revoked")))
            .one());
  }

  List<Ledger.Intent> abandoned(Instant before) {
    return database.read(handle ->
        handle
            .createQuery(
                "select * from certificates where state = 'INTENDED' and intended_at < ?"
                    + " order by intended_at, serial")
            .bind(0, before.toEpochMilli())
            .map((row, _) -> intent(row))
            .list());
  }

  private static Ledger.Intent intent(ResultSet row) throws SQLException {
    return new Ledger.Intent(
        new SerialNumber(new BigInteger(row.getString("serial"), 16)),
        Bytes.ofHex(row.getString("issuer_key_id")),
        row.getString("profile"),
        Optional.ofNullable(row.getString("user_name")),
        Bytes.ofHex(row.getString("tbs_digest")),
        new Requester(row.getString("requester")),
        Instant.ofEpochMilli(row.getLong("intended_at")),
        shard(row.getObject("crl_shard")));
  }

  private static OptionalInt shard(@Nullable Object column) {
    return column instanceof Number number
        ? OptionalInt.of(number.intValue())
        : OptionalInt.empty();
  }

  /** False when it is there already. */
  static boolean addIssuer(Handle handle, Certificate certificate, Instant now) {
    boolean known =
        handle
            .createQuery("select 1 from issuers where fingerprint = ?")
            .bind(0, certificate.fingerprint().hex())
            .mapTo(Integer.class)
            .findOne()
            .isPresent();
    if (!known) {
      handle.execute(
          "insert into issuers (fingerprint, key_id, subject, not_before, not_after, der, added_at)"
              + " values (?, ?, ?, ?, ?, ?, ?)",
          certificate.fingerprint().hex(),
          certificate.keyIdentifier().hex(),
          certificate.subject().toString(),
          certificate.notBefore().toEpochMilli(),
          certificate.notAfter().toEpochMilli(),
          certificate.der().toArray(),
          now.toEpochMilli());
    }
    return !known;
  }

  List<Certificate> issuers() {
    return database.read(handle ->
        handle
            .createQuery("select der from issuers order by not_after desc, fingerprint")
            .map((row, _) -> certificate(row.getBytes("der")))
            .list());
  }

  private Ledger.Entry entry(ResultSet row) throws SQLException {
    return new Ledger.Entry(
        certificate(row.getBytes("der")),
        row.getString("profile"),
        Optional.ofNullable(row.getString("user_name")),
        new Requester(row.getString("requester")),
        Instant.ofEpochMilli(row.getLong("issued_at")),
        row.getString("reason") == null
            ? Optional.empty()
            : Optional.of(Revocations.status(row.getLong("revoked_at"), row.getInt("reason"))));
  }

  private Certificate certificate(byte[] der) {
    try {
      return Certificate.parse(Bytes.of(der));
    } catch (MalformedException e) {
      throw new LedgerUnavailable(
          "the ledger " + database.file() + " is damaged: a certificate in it does not parse", e);
    }
  }

  static String text(SerialNumber serial) {
    if (serial.value().signum() <= 0 || serial.value().bitLength() > SERIAL_DIGITS * 4) {
      throw new IllegalArgumentException(
          "a serial number of ours is positive and has at most 20 octets: " + serial);
    }
    String digits = serial.value().toString(16);
    return "0".repeat(SERIAL_DIGITS - digits.length()) + digits;
  }
}
