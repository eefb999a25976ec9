package dev.postern.cli.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.access.PathPattern;
import dev.postern.access.RequestTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PathRegexTest {
  private static final List<String> PIECES =
      List.of("/", "x", "4", ".", "%", "%2f", "%2E", ";", "%25", "\\", "%5C", "%0a", "%3b", "%41");

  private static boolean fits(String regex, String path, int flags) {
    return Pattern.compile("^" + regex + "\\z", flags).matcher(path).find();
  }

  @ParameterizedTest
  @CsvSource({
    "/health, /health, true, true",
    "/health, /health/, false, true",
    "/health, /HEALTH, false, true",
    "/health, /healthy, false, false",
    "/health, /x/health, false, false",
    "/admin/**, /admin, true, true",
    "/admin/**, /admin/x/y, true, true",
    "/admin/**, /Admin/x, false, true",
    "/admin/**, /administration, false, false",
    "/img/*, /img/a.png, true, true",
    "/img/*, /img/a/b, false, false",
    "/img/*, /img/, false, false",
    "/**, /, true, true",
    "/**, /a/b, true, true",
    "/a.b, /a.b, true, true",
    "/a.b, /axb, false, false"
  })
  void a_pattern_means_what_it_means_to_the_gateway(
      String pattern, String path, boolean exact, boolean tolerant) {
    PathRegex regex = PathRegex.of(new PathPattern(pattern));
    assertThat(fits(regex.exact(), path, 0)).isEqualTo(exact);
    assertThat(fits(regex.tolerant(), path, Pattern.CASE_INSENSITIVE)).isEqualTo(tolerant);
  }

  @Test
  void letters_beyond_ASCII_close_whatever_begins_like_it() {
    PathRegex regex = PathRegex.of(new PathPattern("/caf\u00e9/**"));
    assertThat(regex.isWhole()).isFalse();
    assertThat(fits(regex.exact(), "/caf\u00c9/x", 0)).isTrue();
    assertThat(fits(regex.exact(), "/cat", 0)).isFalse();
  }

  /**
   * Every path of five such pieces: 14 to the fifth. (Bytes that are no UTF-8 are left out: rules
   * of ASCII do not depend on them.)
   */
  @Test
  void a_path_that_is_not_doubtful_has_one_reading() {
    Pattern doubtful =
        Pattern.compile("^" + PathRegex.DOUBTFUL, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    List<String> walkedThrough = new ArrayList<>();
    int clear = 0;
    for (String path : paths("/", 5)) {
      if (!doubtful.matcher(path).find()) {
        clear++;
        if (!hasOneReading(path)) {
          walkedThrough.add(path);
        }
      }
    }
    assertThat(walkedThrough).isEmpty();
    assertThat(clear).isGreaterThan(5_000);
  }

  private static boolean hasOneReading(String path) {
    Optional<RequestTarget> target = RequestTarget.of("GET", "host", path);
    return target
        .map(RequestTarget::readings)
        .filter(readings ->
            readings.stream().map(each -> each.replaceFirst("(?<=.)/$", "")).distinct().count()
                == 1)
        .isPresent();
  }

  private static List<String> paths(String start, int pieces) {
    List<String> paths = List.of(start);
    List<String> all = new ArrayList<>(paths);
    for (int i = 0; i < pieces; i++) {
      List<String> longer = new ArrayList<>();
      for (String path : paths) {
        PIECES.forEach(piece -> longer.add(path + piece));
      }
      paths = longer;
      all.addAll(paths);
    }
    return all;
  }
}
