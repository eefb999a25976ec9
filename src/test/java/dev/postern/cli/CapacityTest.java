package dev.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CapacityTest {
  private static final long MUCH = 8L << 30;
  private static final long MANY = 1 << 20;

  @Test
  void what_is_asked_for_is_had_where_there_is_room() {
    assertThat(Capacity.of(Optional.of(60_000), MANY, MUCH))
        .isEqualTo(new Capacity(60_000, Optional.empty()));
  }

  @Test
  void nobody_who_asks_for_nothing_is_told_anything() {
    assertThat(Capacity.of(Optional.empty(), MANY, MUCH))
        .isEqualTo(new Capacity(50_000, Optional.empty()));
    assertThat(Capacity.of(Optional.empty(), 1024, MUCH))
        .isEqualTo(new Capacity(512, Optional.empty()));
  }

  @Test
  void files_are_the_limit_and_so_it_is_said() {
    Capacity capacity = Capacity.of(Optional.of(50_000), 20_000, MUCH);
    assertThat(capacity.connections()).isEqualTo(14_744);
    assertThat(capacity.remark())
        .contains(
            "limits.connections is 50000, but there is room for 14744: this process may open 20000"
                + " files (ulimit -Hn, LimitNOFILE=)");
  }

  @Test
  void memory_is_the_limit_and_so_it_is_said() {
    Capacity capacity = Capacity.of(Optional.of(50_000), MANY, 192L << 20);
    assertThat(capacity.connections()).isEqualTo(16_384);
    assertThat(capacity.remark())
        .contains(
            "limits.connections is 50000, but there is room for 16384: the heap is 192 MiB"
                + " (POSTERN_HEAP=512m)");
  }

  @Test
  void a_machine_without_room_still_serves_somebody() {
    assertThat(Capacity.of(Optional.empty(), 64, 1 << 20).connections()).isPositive();
  }
}
