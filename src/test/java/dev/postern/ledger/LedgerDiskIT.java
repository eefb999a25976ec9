package dev.postern.ledger;

import static dev.postern.ledger.LedgerFixture.NOW;
import static dev.postern.ledger.LedgerFixture.draft;
import static dev.postern.ledger.LedgerFixture.issue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.authority.Ledger.LedgerUnavailable;
import dev.postern.keys.Foreign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs to mount a small file system of its own: skipped where that is not allowed. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerDiskIT {
  @TempDir Path folder;

  private Path disk;
  private Path file;

  @BeforeEach
  void mount() throws IOException {
    disk = Files.createDirectory(folder.resolve("disk"));
    file = disk.resolve("postern.db");
    assumeTrue(
        Foreign.run(folder, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()).ok(),
        "may not mount");
  }

  @AfterEach
  void unmount() throws IOException {
    Foreign.run(folder, "umount", disk.toString());
  }

  @Test
  void a_full_disk_is_one_sentence_and_what_was_acknowledged_stays() throws Exception {
    int acknowledged = 0;
    try (SqlLedger ledger = SqlLedger.open(file, () -> NOW)) {
      String message = null;
      while (message == null && acknowledged < 10_000) {
        try {
          issue(ledger, draft("alice"));
          acknowledged++;
        } catch (LedgerUnavailable e) {
          message = e.getMessage();
        }
      }
      assertThat(message).isEqualTo("the ledger " + file + " cannot grow: the disk is full");
      assertThat(acknowledged).isPositive();
    }
    Foreign.must(folder, "mount", "-o", "remount,size=8m", disk.toString());
    try (SqlLedger ledger = SqlLedger.open(file, () -> NOW)) {
      assertThat(ledger.list(CertificateQuery.ALL.limit(1000)).entries())
          .hasSize(Math.min(acknowledged, 1000));
      issue(ledger, draft("bob"));
    }
  }

  @Test
  void a_full_disk_at_the_first_opening_is_one_sentence() throws Exception {
    Foreign.run(folder, "dd", "if=/dev/zero", "of=" + disk.resolve("ballast"), "bs=1k");
    assertThatThrownBy(() -> SqlLedger.open(file, () -> NOW))
        .isInstanceOf(LedgerUnavailable.class)
        .hasMessageStartingWith("the ledger " + file + " ")
        .hasMessageContaining("disk is full");
  }

  @Test
  void a_read_only_disk_is_one_sentence_with_a_ledger_and_without() throws Exception {
    try (SqlLedger ledger = SqlLedger.open(file, () -> NOW)) {
      issue(ledger, draft("alice"));
    }
    Foreign.must(folder, "mount", "-o", "remount,ro", disk.toString());
    for (Path path : new Path[] {file, disk.resolve("other.db")}) {
      assertThatThrownBy(
              () -> {
                try (SqlLedger ledger = SqlLedger.open(path, () -> NOW)) {
                  issue(ledger, draft("bob"));
                }
              })
          .isInstanceOf(LedgerUnavailable.class)
          .hasMessageStartingWith("the ledger " + path + " ")
          .message()
          .containsIgnoringCase("read-only")
          .hasLineCount(1);
    }
  }
}
