package dev.postern.ledger;

import static dev.postern.ledger.LedgerFixture.ADMIN;
import static dev.postern.ledger.LedgerFixture.NOW;
import static dev.postern.ledger.LedgerFixture.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.ledger.LedgerFixture.Draft;
import dev.postern.x509.Certificate;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class GroupCommitTest {
  @TempDir private Path folder;
  private Database database;
  private Events events;
  private GroupCommit group;
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch held = new CountDownLatch(1);

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("postern.db"));
    events = new Events(database);
    group = new GroupCommit(database);
  }

  @AfterEach
  void close() {
    held.countDown();
    callers.close();
    group.close();
    database.close();
  }

  private static Event event(String subject) {
    return Event.of("test", subject, Map.of(), ADMIN, NOW);
  }

  private List<String> written() {
    return events.after(0, 1000).stream().map(Event::subject).toList();
  }

  /** Whoever comes now waits, and so comes together with the others. */
  private Future<?> hold() throws InterruptedException {
    var holding = new CountDownLatch(1);
    Future<?> holder =
        callers.submit(() ->
            group.write(_ -> {
              holding.countDown();
              await(held);
            }));
    holding.await();
    return holder;
  }

  private static void await(CountDownLatch latch) throws SQLException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new SQLException(e);
    }
  }

  /** In the queue when this returns, behind those before. */
  private Future<?> come(GroupCommit.Work work) {
    int before = group.waiting();
    Future<?> future = callers.submit(() -> group.write(work));
    while (group.waiting() == before) {
      Thread.onSpinWait();
    }
    return future;
  }

  @Test
  void who_comes_while_somebody_writes_is_written_together_in_order() throws Exception {
    Future<?> holder = hold();
    List<Future<?>> together = new ArrayList<>();
    List<Boolean> alone = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      together.add(
          come(batch -> {
            alone.add(together.stream().anyMatch(Future::isDone) || !written().isEmpty());
            batch.record(event(name));
          }));
    }
    held.countDown();
    holder.get();
    for (Future<?> each : together) {
      each.get();
    }
    assertThat(written()).containsExactly("a", "b", "c");
    assertThat(alone).containsExactly(false, false, false);
  }

  @Test
  void a_neighbour_that_fails_fails_alone() throws Exception {
    Future<?> holder = hold();
    Future<?> good = come(batch -> batch.record(event("good")));
    Future<?> bad =
        come(batch -> {
          batch.record(event("bad"));
          batch.execute("insert into counters (name, value) values ('bad', 1)");
          throw new IllegalStateException("on purpose");
        });
    Future<?> worse =
        come(batch -> batch.execute("insert into counters (name, value) values ('event', 1)"));
    Future<?> last = come(batch -> batch.record(event("last")));
    held.countDown();
    holder.get();
    good.get();
    last.get();
    assertThatThrownBy(bad::get)
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("on purpose");
    assertThatThrownBy(worse::get).hasCauseInstanceOf(LedgerUnavailable.class);
    assertThat(written()).containsExactly("good", "last");
    assertThat(
            database.<Integer>read(handle ->
                handle
                    .createQuery("select count(*) from counters where name = 'bad'")
                    .mapTo(Integer.class)
                    .one()))
        .isZero();
    group.write(batch -> batch.record(event("later")));
    assertThat(written()).endsWith("later");
  }

  @Test
  void an_error_of_one_strands_nobody() throws Exception {
    Future<?> holder = hold();
    Future<?> broken =
        come(_ -> {
          throw new StackOverflowError("on purpose");
        });
    Future<?> neighbour = come(batch -> batch.record(event("neighbour")));
    held.countDown();
    holder.get();
    assertThatThrownBy(broken::get).hasCauseInstanceOf(LedgerUnavailable.class);
    assertThatThrownBy(neighbour::get).hasCauseInstanceOf(LedgerUnavailable.class);
    group.write(batch -> batch.record(event("later")));
    assertThat(written()).containsExactly("later");
  }

  @Test
  @Tag("slow")
  void more_than_may_wait_are_told_so() throws Exception {
    Future<?> holder = hold();
    List<Future<?>> waiting = new ArrayList<>();
    for (int i = 0; i < GroupCommit.WAITING; i++) {
      waiting.add(come(batch -> batch.record(event("waited"))));
    }
    assertThatThrownBy(() -> group.write(batch -> batch.record(event("too many"))))
        .isInstanceOf(LedgerUnavailable.class)
        .hasMessageContaining("wait to write already");
    held.countDown();
    holder.get();
    for (Future<?> each : waiting) {
      each.get();
    }
    assertThat(events.position()).isEqualTo(GroupCommit.WAITING);
    assertThat(written()).doesNotContain("too many");
  }

  @Test
  void what_waits_when_it_is_closed_is_written_and_what_comes_later_is_refused() throws Exception {
    Future<?> holder = hold();
    Future<?> waiting = come(batch -> batch.record(event("waited")));
    Future<?> closing = callers.submit(group::close);
    held.countDown();
    holder.get();
    closing.get();
    waiting.get();
    assertThat(written()).containsExactly("waited");
    assertThatThrownBy(() -> group.write(batch -> batch.record(event("late"))))
        .isInstanceOf(LedgerUnavailable.class)
        .hasMessageContaining("is closed");
    assertThat(written()).containsExactly("waited");
  }

  /** And not one after the other, each with the patience of one. */
  @Test
  @Tag("slow")
  void when_others_write_for_too_long_all_who_wait_are_told_at_once() throws Exception {
    var writing = new CountDownLatch(1);
    Future<?> other =
        callers.submit(() ->
            database.write(_ -> {
              writing.countDown();
              await(held);
              return null;
            }));
    writing.await();
    List<Future<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiting.add(callers.submit(() -> group.write(batch -> batch.record(event("never")))));
    }
    for (Future<?> each : waiting) {
      assertThatThrownBy(each::get)
          .hasCauseInstanceOf(LedgerUnavailable.class)
          .hasMessageContaining("is busy");
    }
    held.countDown();
    other.get();
    assertThat(written()).isEmpty();
  }

  @Test
  void others_write_in_between() throws Exception {
    Future<?> holder = hold();
    Future<?> other =
        callers.submit(() ->
            database.write(handle -> {
              Database.record(handle, event("other"));
              return null;
            }));
    held.countDown();
    holder.get();
    other.get();
    group.write(batch -> batch.record(event("after")));
    assertThat(written()).containsExactly("other", "after");
  }

  @Test
  void a_thousand_at_once_lose_and_double_nothing() throws Exception {
    try (var ledger = SqlLedger.open(folder.resolve("thousand.db"), () -> NOW);
        var threads = Executors.newFixedThreadPool(32)) {
      List<Future<Certificate>> issued =
          IntStream.range(0, 1000)
              .mapToObj(
                  i -> threads.submit(() -> LedgerFixture.issue(ledger, draft("user" + i % 10))))
              .toList();
      List<String> expected = new ArrayList<>();
      for (Future<Certificate> each : issued) {
        expected.add(each.get().serialNumber().hex());
      }
      List<String> listed = new ArrayList<>();
      Page page = ledger.list(CertificateQuery.ALL.limit(1000));
      page.entries().forEach(entry -> listed.add(entry.certificate().serialNumber().hex()));
      assertThat(listed).containsExactlyInAnyOrderElementsOf(expected).doesNotHaveDuplicates();
      assertThat(ledger.list(CertificateQuery.ALL.user("user7").limit(1000)).entries())
          .hasSize(100);
      assertThat(ledger.abandoned(NOW.plusSeconds(1))).isEmpty();
      List<Event> all = new ArrayList<>(ledger.events().after(0, 1000));
      all.addAll(ledger.events().after(1000, 1000));
      assertThat(all)
          .extracting(Event::position)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, 2000).boxed().toList());
      for (String serial : expected.subList(0, 20)) {
        assertThat(ledger.events().about(serial))
            .extracting(Event::kind)
            .containsExactly("certificate.intended", "certificate.issued");
      }
    }
  }

  @Test
  void one_serial_number_wanted_by_many_at_once_is_given_to_one() throws Exception {
    try (var ledger = SqlLedger.open(folder.resolve("one.db"), () -> NOW);
        var threads = Executors.newFixedThreadPool(8)) {
      Draft draft = draft("alice");
      List<Future<?>> wishes =
          IntStream.range(0, 8)
              .<Future<?>>mapToObj(_ -> threads.submit(() -> ledger.intend(draft.intent())))
              .toList();
      int given = 0;
      for (Future<?> each : wishes) {
        try {
          each.get();
          given++;
        } catch (ExecutionException e) {
          assertThat(e).hasRootCauseInstanceOf(IllegalStateException.class);
        }
      }
      assertThat(given).isEqualTo(1);
      assertThat(ledger.events().position()).isEqualTo(1);
      assertThatIllegalStateException().isThrownBy(() -> ledger.intend(draft.intent()));
    }
  }
}
