package dev.postern.bench.works;

import dev.postern.authority.Ledger;
import dev.postern.authority.Requester;
import dev.postern.authority.Revocation;
import dev.postern.authority.StatusChange;
import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import dev.postern.bench.Lab;
import dev.postern.bench.Samples;
import dev.postern.bench.Work;
import dev.postern.bench.ledgers.Filling;
import dev.postern.bench.ledgers.People;
import dev.postern.bench.servers.OwnCpu;
import dev.postern.ledger.CertificateQuery;
import dev.postern.ledger.RevokedCertificates;
import dev.postern.ledger.SignIn;
import dev.postern.ledger.SignIns;
import dev.postern.ledger.SqlLedger;
import dev.postern.ledger.Standing;
import dev.postern.revocation.CrlReason;
import dev.postern.x509.Certificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * What a ledger takes when it has a thousand times as many certificates, by Postern's own classes.
 * Filled with certificates that have as many names, words and events as if issued one by one.
 */
public final class Ledgers implements Work {
  private static final int REVOKED_EVERY = 50;
  private static final int CERTIFICATES_OF_A_USER = 10;
  private static final int CALLERS = 32;
  private static final int PAGE = 50;

  /** As many as sign in between two writes of who did, at ten a second. */
  private static final int SIGN_INS_AT_ONCE = 100;

  private static final double MOST = 1.2;
  private static final Requester WHO = new Requester("cli:bench");

  @Override
  public String name() {
    return "ledger";
  }

  @Override
  public String about() {
    return "issue, revoke, search, sign in with 10,000, 1,000,000 and 10,000,000 certificates in the ledger";
  }

  @Override
  public List<Comparison> measure(Lab lab) throws Exception {
    int[] sizes =
        lab.quick() ? new int[] {10_000, 100_000} : new int[] {10_000, 1_000_000, 10_000_000};
    Map<String, Filled> ledgers = new LinkedHashMap<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      for (int size : sizes) {
        ledgers.put(String.format(Locale.ROOT, "%,d", size), new Filled(lab, size, callers));
      }
      return compare(lab, ledgers);
    } finally {
      for (Filled ledger : ledgers.values()) {
        ledger.close();
      }
    }
  }

  private static List<Comparison> compare(Lab lab, Map<String, Filled> ledgers) {
    List<Comparison> rows = new ArrayList<>();
    rows.add(
        row(
            lab,
            ledgers,
            new Operation(
                "Ledger: issue, 32 at once",
                "certificate",
                lab.count(1_000, 150),
                Filled::issue,
                "Intent and certificate, each on the disk; signing is not in it.")));
    rows.add(
        row(
            lab,
            ledgers,
            new Operation(
                "Ledger: revoke", "certificate", lab.count(200, 25), Filled::revoke, "")));
    rows.add(
        row(
            lab,
            ledgers,
            new Operation(
                "Ledger: search, first page",
                "page of 50",
                lab.count(200, 50),
                Filled::search,
                "In turn by words, user, words and user, state, words and state. A user has ten"
                    + " certificates.")));
    rows.add(
        row(
            lab,
            ledgers,
            new Operation(
                "Ledger: search, a page anywhere",
                "page of 50",
                lab.count(200, 50),
                Filled::searchDeep,
                "In turn by words, state, words and state, nothing.")));
    rows.add(
        row(
            lab,
            ledgers,
            new Operation(
                "Ledger: sign in, last use written",
                "sign-in",
                lab.count(1_000, 500),
                Filled::signIn,
                "A hundred different certificates are written together, as every ten seconds.")));
    rows.add(
        information(
            lab,
            ledgers,
            new Operation(
                "Ledger: a gateway starts and reads who is revoked (one in fifty)",
                "revoked certificate",
                1,
                Filled::follow,
                "")));
    return rows;
  }

  /** Something done {@code times}; each returns how many operations that were. */
  private record Operation(String title, String unit, int times, Doing doing, String note) {}

  private interface Doing {
    int times(Filled ledger, int times);
  }

  private static Comparison row(Lab lab, Map<String, Filled> ledgers, Operation operation) {
    Comparison row = information(lab, ledgers, operation);
    String smallest = row.samples().getFirst().contender();
    String largest = row.samples().getLast().contender();
    Aim aim = new Aim(largest, Optional.of(smallest), MOST, Aim.Kind.AT_MOST);
    return new Comparison(row.title(), row.unit(), row.samples(), List.of(aim), row.note());
  }

  /** Once without being measured, then in turns. */
  private static Comparison information(Lab lab, Map<String, Filled> ledgers, Operation operation) {
    lab.say(operation.title());
    ledgers.values().forEach(each -> operation.doing().times(each, operation.times()));
    Map<Filled, List<Double>> wall = new HashMap<>();
    List<Samples> samples =
        lab.takeTurns(
            ledgers,
            lab.rounds(),
            ledger -> {
              double before = OwnCpu.micros();
              long began = System.nanoTime();
              int done = operation.doing().times(ledger, operation.times());
              double took = (System.nanoTime() - began) / 1e6 / done;
              wall.computeIfAbsent(ledger, _ -> new ArrayList<>()).add(took);
              return (OwnCpu.micros() - before) / done;
            });
    List<Samples> noted =
        samples.stream()
            .map(each -> {
              List<Double> took = wall.get(ledgers.get(each.contender()));
              double median = new Samples("", took, "").median();
              return each.noting(String.format(Locale.ROOT, "%.3f ms by the clock", median));
            })
            .toList();
    return new Comparison(
        operation.title(), "µs CPU/" + operation.unit(), noted, List.of(), operation.note());
  }

  /** One ledger. Its certificates' signatures are not looked at, so that none need be made. */
  private static final class Filled implements AutoCloseable {
    /** Numbers of those that are issued are so far apart: neighbours would have the same words. */
    private static final int STEP = 607;

    private final Path folder;
    private final People people;
    private final SqlLedger ledger;
    private final ExecutorService callers;
    private final Random random = new Random(4711);
    private int newest;
    private int lastRevoked;

    Filled(Lab lab, int size, ExecutorService callers) throws IOException, SQLException {
      this.folder = lab.folder("ledger");
      this.callers = callers;
      this.people = new People(lab.pki(), size, size / CERTIFICATES_OF_A_USER);
      this.newest = size;
      Path file = folder.resolve("ledger.db");
      SqlLedger.open(file, InstantSource.system()).close();
      long began = System.nanoTime();
      Filling.fill(file, people, REVOKED_EVERY);
      this.ledger = SqlLedger.open(file, InstantSource.system());
      lab.say(
          String.format(
              Locale.ROOT,
              "a ledger of %,d certificates: %,d MB, %.0f s",
              size,
              Files.size(file) / 1_000_000,
              (System.nanoTime() - began) / 1e9));
    }

    int issue(int times) {
      List<Future<?>> all = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        List<Certificate> own = new ArrayList<>();
        for (int i = caller; i < times; i += CALLERS) {
          newest += STEP;
          own.add(people.certificate(newest));
        }
        all.add(callers.submit(() -> own.forEach(this::issue)));
      }
      all.forEach(Ledgers::await);
      return times;
    }

    private void issue(Certificate certificate) {
      ledger.intend(
          new Ledger.Intent(
              certificate.serialNumber(),
              certificate.publicKey().keyIdentifier(),
              "client",
              Optional.of(People.userOf(certificate)),
              certificate.toBeSigned().sha256(),
              WHO,
              Instant.now(),
              OptionalInt.empty()));
      ledger.complete(certificate.serialNumber(), certificate);
    }

    int revoke(int times) {
      for (int i = 0; i < times; i++) {
        lastRevoked = next(lastRevoked);
        var serial = people.serial(lastRevoked);
        var outcome =
            ledger
                .revocations()
                .change(List.of(serial), new StatusChange.Revoke(CrlReason.SUPERSEDED), WHO);
        if (!(outcome instanceof Revocation.Done(var changed, _)) || changed.size() != 1) {
          throw new IllegalStateException("not revoked: " + outcome);
        }
      }
      return times;
    }

    /** Anywhere in the ledger, and never the same one twice. */
    private int next(int last) {
      int next = (last + people.count() / 10_000 * 3 + 3) % people.count() + 1;
      return next % REVOKED_EVERY == 0 ? next + 1 : next;
    }

    private int anybody() {
      return 1 + random.nextInt(people.count());
    }

    private CertificateQuery query() {
      return CertificateQuery.ALL.limit(PAGE);
    }

    int search(int times) {
      for (int i = 0; i < times; i++) {
        String user = people.user(anybody());
        switch (i % 5) {
          case 0 -> expect(PAGE, query().text("laptop account"));
          case 1 -> expect(CERTIFICATES_OF_A_USER, query().user(user));
          case 2 -> expect(CERTIFICATES_OF_A_USER, query().text("laptop").user(user));
          case 3 -> expect(PAGE, query().standing(Standing.REVOKED));
          default -> expect(PAGE, query().text("laptop").standing(Standing.REVOKED));
        }
      }
      return times;
    }

    int searchDeep(int times) {
      for (int i = 0; i < times; i++) {
        var from = query().after(Integer.toString(PAGE * REVOKED_EVERY + anybody()));
        switch (i % 4) {
          case 0 -> expect(PAGE, from.text("laptop account"));
          case 1 -> expect(PAGE, from.standing(Standing.REVOKED));
          case 2 -> expect(PAGE, from.text("laptop").standing(Standing.REVOKED));
          default -> expect(PAGE, from);
        }
      }
      return times;
    }

    private void expect(int least, CertificateQuery query) {
      int found = ledger.list(query).entries().size();
      if (found < least) {
        throw new IllegalStateException(found + " found, not " + least + ", by " + query);
      }
    }

    int signIn(int times) {
      int done = 0;
      while (done < times) {
        try (SignIns signIns = SignIns.into(ledger.signIns(), InstantSource.system())) {
          for (int i = 0; i < SIGN_INS_AT_ONCE; i++) {
            signIns.record(admitted(people.serial(anybody()).hex()));
          }
        }
        done += SIGN_INS_AT_ONCE;
      }
      String last = people.serial(anybody()).hex();
      if (ledger.signIns().lastUse(last).isEmpty()) {
        throw new IllegalStateException("never used: " + last);
      }
      return done;
    }

    private static SignIn admitted(String serial) {
      return new SignIn(
          Instant.now(),
          SignIn.ADMITTED,
          "localhost",
          "/",
          "127.0.0.1",
          Optional.of("person"),
          Optional.of(serial),
          true,
          "");
    }

    int follow(int times) {
      int size = 0;
      for (int i = 0; i < times; i++) {
        size += new RevokedCertificates(ledger.revocations(), InstantSource.system()).size();
      }
      if (size < people.count() / REVOKED_EVERY) {
        throw new IllegalStateException("revoked: " + size);
      }
      return size;
    }

    @Override
    public void close() throws IOException {
      ledger.close();
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void await(Future<?> future) {
    try {
      future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
