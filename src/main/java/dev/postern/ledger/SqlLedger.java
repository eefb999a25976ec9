package dev.postern.ledger;

import dev.postern.authority.Ledger;
import dev.postern.authority.Requester;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.SerialNumber;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The ledger in an SQLite file. Safe for many threads and for many processes at once; one writes,
 * the others wait up to five seconds. What threads of one process issue at once is written together
 * (decision 0017).
 */
public final class SqlLedger implements Ledger, AutoCloseable {
  private final Database database;
  private final GroupCommit together;
  private final InstantSource clock;
  private final Users users;
  private final Events events;
  private final Certificates certificates;
  private final Revocations revocations;

  private SqlLedger(Database database, InstantSource clock) {
    this.database = database;
    this.together = new GroupCommit(database);
    this.clock = clock;
    this.users = new Users(database, clock);
    this.events = new Events(database);
    this.certificates = new Certificates(database);
    this.revocations = new Revocations(database, certificates, clock);
  }

  /** Opens the file, making it (0600) and its folder (0700) when there is none. */
  public static SqlLedger open(Path file, InstantSource clock) {
    return new SqlLedger(Database.open(file), clock);
  }

  @Override
  public void intend(Intent intent) {
    Event event =
        Event.of(
            "certificate.intended",
            intent.serial().hex(),
            Map.of("profile", intent.profile(), "user", intent.user().orElse("")),
            intent.requester(),
            intent.at());
    together.write(batch -> {
      if (!Certificates.intend(batch, intent)) {
        throw new IllegalStateException("serial number used before: " + intent.serial());
      }
      batch.record(event);
    });
  }

  /**
   * {@link IllegalStateException} when there is no intent for exactly this certificate. The same
   * certificate a second time changes nothing.
   */
  @Override
  public void complete(SerialNumber serial, Certificate certificate) {
    complete(serial, certificate, _ -> {});
  }

  /** What else becomes true with the certificate, in the same transaction. */
  interface With {
    void write(Handle handle);
  }

  void complete(SerialNumber serial, Certificate certificate, With with) {
    Instant now = clock.instant();
    // Before it is the writer's turn, who does it for everybody.
    var issued = Certificates.Issued.of(certificate);
    Map<String, String> detail =
        Map.of("fingerprint", certificate.fingerprint().hex(), "subject", issued.subject());
    together.write(batch -> {
      Certificates.Row row =
          Certificates.row(batch, serial)
              .orElseThrow(
                  () -> new IllegalStateException("no intent for serial number " + serial));
      if (row.isIssuedAs(certificate)) {
        return;
      }
      row.requireIntentFor(issued);
      Certificates.issue(batch, row, issued, now);
      with.write(batch.handle());
      batch.record(Event.of("certificate.issued", serial.hex(), detail, row.requester(), now));
    });
  }

  /** What an {@link Ledger.Intent} names: SHA-256 of the TBSCertificate. */
  static Bytes toBeSignedDigest(Certificate certificate) {
    return certificate.toBeSigned().sha256();
  }

  public Optional<Entry> withSerial(SerialNumber serial) {
    return certificates.withSerial(serial);
  }

  /** Certificates whose serial number begins or ends with {@code hex}, at most ten. */
  public List<Entry> withSerialLike(String hex) {
    return certificates.withSerialLike(hex);
  }

  /** By the SHA-256 of its DER. */
  public Optional<Entry> withFingerprint(Bytes fingerprint) {
    return certificates.withFingerprint(fingerprint);
  }

  /** Issued certificates, newest first. */
  public Page list(CertificateQuery query) {
    return certificates.list(query);
  }

  /**
   * Issued certificates by what became of them. Those that are {@code expiring} end before {@code
   * soon}, have less than a third of their term left, and are not renewed by Postern itself.
   */
  public CertificateCounts counts(Instant now, Instant soon) {
    return certificates.counts(now, soon);
  }

  /**
   * Intents from before {@code instant} that no certificate followed: the signer failed or the
   * program died. Nobody received anything, and the serial number stays used.
   */
  public List<Intent> abandoned(Instant instant) {
    return certificates.abandoned(instant);
  }

  /** Keeps a CA certificate of ours; the same one again changes nothing. */
  public void addIssuer(Certificate certificate, Requester requester) {
    Instant now = clock.instant();
    database.write(handle -> {
      if (Certificates.addIssuer(handle, certificate, now)) {
        Database.record(
            handle,
            Event.of(
                "issuer.added",
                certificate.publicKey().keyIdentifier().hex(),
                Map.of("subject", certificate.subject().toString()),
                requester,
                now));
      }
      return null;
    });
  }

  /** Our CA certificates, the longest valid first. */
  public List<Certificate> issuers() {
    return certificates.issuers();
  }

  public Users users() {
    return users;
  }

  public Revocations revocations() {
    return revocations;
  }

  public Invitations invitations() {
    return new Invitations(database, this, clock);
  }

  /** Mails about certificates that end. */
  public Reminders reminders() {
    return new Reminders(database, clock);
  }

  public Events events() {
    return events;
  }

  /** CRLs, and what they list. */
  public CrlStore crls() {
    return new CrlStore(database);
  }

  /** Sign-ins by hour, and when a certificate was last used. */
  public SignInStore signIns() {
    return new SignInStore(database);
  }

  /** Answers that are given again to who asks again. */
  public Answers answers() {
    return new Answers(database);
  }

  /** Certificates' status, one by one. */
  public IssuedStatuses statuses() {
    return new IssuedStatuses(database);
  }

  /** When the newest event happened: a clock that shows much less now was set back. */
  public Optional<Instant> latestEventAt() {
    return events.latestAt();
  }

  /**
   * Calls {@code listener} soon, and then after each change that anybody makes, this process
   * included.
   */
  public LedgerWatch watch(LedgerWatch.Listener listener) {
    return LedgerWatch.start(database, listener);
  }

  public Path file() {
    return database.file();
  }

  /**
   * How often this process has changed something other than by issuing. Two equal answers: nothing
   * of users or revocations changed here in between.
   */
  public long changes() {
    return database.writes();
  }

  /** What is being written is still written. */
  @Override
  public void close() {
    together.close();
    database.close();
  }
}
