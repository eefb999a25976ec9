package dev.postern.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RuleTest {
  private static final User ALICE =
      new User("alice", "Alice", Optional.empty(), Set.of("staff"), User.State.ENABLED);

  @Test
  void each_word_lets_in_whom_it_names_and_nobody_else() {
    assertThat(allowing("anyone").allows(ALICE)).isTrue();
    assertThat(allowing("users").allows(ALICE)).isTrue();
    assertThat(allowing("user:alice").allows(ALICE)).isTrue();
    assertThat(allowing("group:staff").allows(ALICE)).isTrue();
    assertThat(allowing("nobody").allows(ALICE)).isFalse();
    assertThat(allowing("user:bob").allows(ALICE)).isFalse();
    assertThat(allowing("user:Alice").allows(ALICE)).isFalse();
    assertThat(allowing("group:alice").allows(ALICE)).isFalse();
    assertThat(allowing("user:staff").allows(ALICE)).isFalse();
    assertThat(allowing().allows(ALICE)).isFalse();
    assertThat(allowing("user:bob", "group:staff").allows(ALICE)).isTrue();
  }

  @Test
  void only_anyone_means_people_without_a_certificate() {
    assertThat(allowing("user:bob", "anyone").allowsAnyone()).isTrue();
    assertThat(allowing("users").allowsAnyone()).isFalse();
    assertThat(allowing().allowsAnyone()).isFalse();
  }

  @Test
  void methods_narrow_a_rule_and_head_goes_with_get() {
    assertThat(on("GET").fits("GET", "/a")).isTrue();
    assertThat(on("GET").fits("HEAD", "/a")).isTrue();
    assertThat(on("GET").fits("POST", "/a")).isFalse();
    assertThat(on("HEAD").fits("GET", "/a")).isFalse();
    assertThat(on("POST", "PUT").fits("PUT", "/a")).isTrue();
    assertThat(on().fits("DELETE", "/a")).isTrue();
    assertThatThrownBy(() -> on("get")).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "user:", "group:", "all", "Anyone", "role:a", "alice"})
  void a_word_that_names_nobody_is_refused(String text) {
    assertThatThrownBy(() -> Rule.Who.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("anyone, users, nobody, user:NAME or group:NAME");
  }

  @Test
  void it_reads_as_it_stands_in_the_file() {
    var rule =
        new Rule(
            new PathPattern("/a/**"),
            Set.of("PUT", "GET"),
            Stream.of("group:staff", "user:bob").map(Rule.Who::parse).toList());
    assertThat(rule.text()).isEqualTo("GET,PUT /a/** → group:staff, user:bob");
    assertThat(allowing("anyone").text()).isEqualTo("/** → anyone");
  }

  private static Rule allowing(String... words) {
    return new Rule(
        PathPattern.EVERYTHING, Set.of(), Stream.of(words).map(Rule.Who::parse).toList());
  }

  private static Rule on(String... methods) {
    return new Rule(PathPattern.EVERYTHING, Set.of(methods), List.of(new Rule.Who.Anyone()));
  }
}
