package dev.postern.bench.works;

import dev.postern.authority.Ledger;
import dev.postern.authority.Requester;
import dev.postern.authority.Revocation;
import dev.postern.authority.StatusChange;
import dev.postern.bench.Aim;
import dev.postern.bench.Comparison;
import dev.postern.bench.Lab;
import dev.postern.bench.Pki;
import dev.postern.bench.Samples;
import dev.postern.bench.Work;
import dev.postern.bench.ledgers.Filling;
import dev.postern.bench.ledgers.People;
import dev.postern.bench.load.Conversation;
import dev.postern.bench.load.Identities.Identity;
import dev.postern.bench.load.Protocol;
import dev.postern.bench.load.Target;
import dev.postern.bench.load.Tls;
import dev.postern.bench.servers.Postern;
import dev.postern.bench.servers.Server;
import dev.postern.ledger.SqlLedger;
import dev.postern.revocation.CrlReason;
import dev.postern.x509.Bytes;
import dev.postern.x509.Certificate;
import dev.postern.x509.MalformedException;
import dev.postern.x509.SerialNumber;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * How long who was revoked is still let in: a certificate's kept connection asks again and again,
 * and somebody revokes it. A thousand others are open, and a million are revoked already.
 */
public final class Revoking implements Work {
  private static final int ROUNDS = 3;
  private static final int CALLERS = 32;
  private static final int ALL = 1;
  private static final double MOST_SAME = 20;
  private static final double MOST_OTHER = 100;
  private static final Requester WHO = new Requester("cli:bench");

  @Override
  public String name() {
    return "revoke";
  }

  @Override
  public String about() {
    return "from a revocation to the first refusal, 1,000 open connections, 1,000,000 revoked";
  }

  /** Somebody with a connection of their own. */
  private record Person(Certificate certificate, Conversation connection) {
    SerialNumber serial() {
      return certificate.serialNumber();
    }
  }

  /** Revokes, and returns when that is on the disk. */
  private interface Revoke {
    void now(SerialNumber serial) throws IOException;
  }

  /** In ms, from the sending of the revocation and from its answer. */
  private record Delay(double sinceSent, double sinceAnswered) {}

  @Override
  public List<Comparison> measure(Lab lab) throws Exception {
    int revoked = revoked(lab);
    int open = open(lab);
    Postern postern = Postern.install(lab, "postern-revoke");
    Path file = postern.path("postern-data").resolve("ledger.db");
    lab.say(String.format(Locale.ROOT, "a ledger of %,d revoked certificates", revoked));
    Filling.fill(file, new People(lab.pki(), revoked, revoked / 10), ALL);
    List<Identity> identities = new ArrayList<>();
    for (int i = 0; i < open; i++) {
      identities.add(lab.pki().person("Person " + i, Pki.user(i)));
    }
    try (SqlLedger ledger = SqlLedger.open(file, InstantSource.system())) {
      List<Certificate> certificates = issued(ledger, identities);
      List<Comparison> rows = new ArrayList<>();
      try (Server server = postern.serve()) {
        List<Person> people = new ArrayList<>();
        try {
          Target target = Target.of(server.port(), Tls.V1_3, Protocol.HTTP_1_1);
          for (int i = 0; i < open; i++) {
            people.add(
                new Person(certificates.get(i), Conversation.open(target, identities.get(i))));
          }
          askAll(people);
          rows.add(sameProcess(lab, server, people));
          rows.add(otherProcess(lab, ledger, people));
          askAll(people);
        } finally {
          people.forEach(each -> each.connection().close());
        }
      }
      return rows;
    }
  }

  /** Certificates that were revoked before. */
  private static int revoked(Lab lab) {
    return lab.count(1_000_000, 20_000);
  }

  /** Connections, each of somebody else. */
  private static int open(Lab lab) {
    return lab.count(1_000, 100);
  }

  /** Nobody else was refused, and no connection ended. */
  private static void askAll(List<Person> people) throws IOException {
    for (Person person : people) {
      int status = person.connection().get("/");
      if (status != 200) {
        throw new IllegalStateException("somebody who was not revoked was answered " + status);
      }
    }
  }

  private static List<Certificate> issued(SqlLedger ledger, List<Identity> identities)
      throws Exception {
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<Certificate>> all = new ArrayList<>();
      identities.forEach(identity -> all.add(callers.submit(() -> issued(ledger, identity))));
      List<Certificate> certificates = new ArrayList<>();
      for (Future<Certificate> each : all) {
        certificates.add(each.get());
      }
      return certificates;
    }
  }

  private static Certificate issued(SqlLedger ledger, Identity identity)
      throws CertificateEncodingException, MalformedException {
    var certificate = Certificate.parse(Bytes.of(identity.chain().getFirst().getEncoded()));
    ledger.intend(
        new Ledger.Intent(
            certificate.serialNumber(),
            certificate.authorityKeyIdentifier().orElseThrow(),
            "client",
            Optional.of("person"),
            certificate.toBeSigned().sha256(),
            WHO,
            Instant.now(),
            OptionalInt.empty()));
    ledger.complete(certificate.serialNumber(), certificate);
    return certificate;
  }

  private static Comparison sameProcess(Lab lab, Server server, List<Person> people)
      throws Exception {
    Target console = new Target(server.port(), "admin.bench.test", Tls.V1_3, Protocol.HTTP_1_1);
    try (Conversation root = Conversation.open(console, lab.pki().person("Root", "root"))) {
      Revoke revoke =
          serial -> {
            String path = "/api/v1/certificates/" + serial.hex() + "/revoke";
            int status = root.post(path, "{\"reason\":\"superseded\"}").status();
            if (status != 200) {
              throw new IllegalStateException("not revoked: answered " + status);
            }
          };
      return row(lab, "Revoke over REST → refused, same process", people, revoke, MOST_SAME);
    }
  }

  private static Comparison otherProcess(Lab lab, SqlLedger ledger, List<Person> people)
      throws Exception {
    StatusChange wish = new StatusChange.Revoke(CrlReason.SUPERSEDED);
    Revoke revoke =
        serial -> {
          Revocation outcome = ledger.revocations().change(List.of(serial), wish, WHO);
          if (!(outcome instanceof Revocation.Done)) {
            throw new IllegalStateException("not revoked: " + outcome);
          }
        };
    return row(lab, "Revoke in another process → refused", people, revoke, MOST_OTHER);
  }

  /** Those it revokes are no longer among {@code people} afterwards. */
  private static Comparison row(
      Lab lab, String title, List<Person> people, Revoke revoke, double most) throws Exception {
    lab.say(title);
    int count = lab.count(100, 10);
    delays(people, revoke, lab.count(20, 5)); // nobody has done it before
    List<List<Delay>> rounds = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      rounds.add(delays(people, revoke, count));
      askAll(people);
    }
    String figure = "p99 after the answer";
    return new Comparison(
        title,
        "ms",
        List.of(
            samples(figure, rounds, 0.99, Delay::sinceAnswered),
            samples("median after the answer", rounds, 0.5, Delay::sinceAnswered),
            samples("p99 after the sending", rounds, 0.99, Delay::sinceSent),
            samples("median after the sending", rounds, 0.5, Delay::sinceSent)),
        List.of(Aim.most(figure, most)),
        ("%d times %d revocations, with %,d open connections, and %,d certificates revoked before;"
                + " 0 ms: refused before the revocation was answered. None of the others was"
                + " refused or closed.")
            .formatted(ROUNDS, count, open(lab), revoked(lab)));
  }

  private static Samples samples(
      String name, List<List<Delay>> rounds, double part, ToDoubleFunction<Delay> what) {
    List<Double> values = new ArrayList<>();
    for (List<Delay> round : rounds) {
      double[] sorted = round.stream().mapToDouble(what).sorted().toArray();
      values.add(sorted[(int) Math.ceil(part * sorted.length) - 1]);
    }
    return new Samples(name, values, "");
  }

  private static List<Delay> delays(List<Person> people, Revoke revoke, int count)
      throws Exception {
    List<Delay> delays = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Person gone = people.removeLast();
      try (var _ = gone.connection()) {
        delays.add(delay(gone, revoke));
      }
    }
    return delays;
  }

  private static Delay delay(Person gone, Revoke revoke) throws Exception {
    var asking = new CountDownLatch(3);
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      Future<Long> refused =
          other.submit(() -> {
            int status = gone.connection().get("/");
            while (status == 200) {
              asking.countDown();
              status = gone.connection().get("/");
            }
            if (status != 403) {
              throw new IllegalStateException("refused with " + status);
            }
            return System.nanoTime();
          });
      if (!asking.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody is answered");
      }
      long sent = System.nanoTime();
      revoke.now(gone.serial());
      long answered = System.nanoTime();
      long at = refused.get();
      return new Delay((at - sent) / 1e6, Math.max(0, (at - answered) / 1e6));
    }
  }
}
