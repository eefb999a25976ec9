package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.MethodOrderer.MethodName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The AOT cache of an installed copy, which has no sources (decision 0018): made by the first start
 * that serves, used, made anew when it does not fit, and never in the way.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestMethodOrder(MethodName.class) // one copy, and what happens to it in its life
@Timeout(300)
class AotCacheIT {
  /** {@code serve} without a configuration: it ends at once, and has been started. */
  private static final List<String> SERVE = List.of("serve", "--config", "none.yaml");

  @TempDir private static Path folder;

  @BeforeAll
  static void install() throws IOException {
    Files.createDirectories(target().resolve("lib"));
    copy(Postern.HOME.resolve("postern"), folder.resolve("postern"));
    copy(Postern.HOME.resolve("target/postern.jar"), jar());
    try (var jars = Files.list(Postern.HOME.resolve("target/lib"))) {
      for (Path each : jars.toList()) {
        copy(each, target().resolve("lib").resolve(each.getFileName()));
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
  }

  private static Path target() {
    return folder.resolve("target");
  }

  private static Path jar() {
    return target().resolve("postern.jar");
  }

  private static Path cache() throws IOException {
    try (var files = Files.list(target())) {
      return files.filter(file -> file.toString().endsWith(".aot")).findFirst().orElseThrow();
    }
  }

  private static Program.Outcome run(String options, List<String> words) {
    var line = new ArrayList<>(List.of(folder.resolve("postern").toString()));
    line.addAll(words);
    return Program.in(folder)
        .within(Duration.ofMinutes(2))
        .with("POSTERN_JAVA_OPTS", options)
        .run(line.toArray(String[]::new));
  }

  private static void quiet(String options) {
    Program.Outcome outcome = run(options, List.of("--version")).succeeded();
    assertThat(outcome.out()).startsWith("postern ").hasLineCount(1);
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void a_first_start_makes_it() throws IOException {
    quiet("");
    assertThat(target()).isDirectoryNotContaining("glob:**.aot");

    Program.Outcome first = run("", SERVE);
    assertThat(first.exit()).isEqualTo(2);
    assertThat(first.err()).startsWith("Warming up, for faster starts … done in ");
    assertThat(cache()).isNotEmptyFile();
    assertThat(Files.getLastModifiedTime(cache())).isEqualTo(Files.getLastModifiedTime(jar()));
    assertThat(target()).isDirectoryNotContaining("glob:**warm-up.[0-9]*");

    assertThat(run("", SERVE).err()).doesNotContain("Warming up").contains("there is no none.yaml");
  }

  @Test
  void b_it_is_used_by_commands_and_by_serve() throws IOException {
    for (List<String> words : List.of(List.of("--version"), SERVE)) {
      Path loaded = folder.resolve("loaded");
      run("-Xlog:class+load:file=" + loaded, words);
      assertThat(Files.readAllLines(loaded))
          .anyMatch(line -> line.contains(" dev.postern.cli.Main source: shared objects file"));
    }
  }

  @Test
  void c_what_the_operator_tells_the_JVM_goes_first() {
    quiet("-Xshare:auto");
    quiet("-XX:+UseParallelGC -XX:-UseSerialGC");
    quiet("-XX:-UseCompressedOops");
  }

  @Test
  void d_one_that_is_damaged_does_no_harm() throws IOException {
    FileTime time = Files.getLastModifiedTime(cache());
    byte[] whole = Files.readAllBytes(cache());
    Files.write(cache(), Arrays.copyOf(whole, whole.length / 2));
    Files.setLastModifiedTime(cache(), time);
    quiet("");
    Files.writeString(cache(), "no cache at all");
    Files.setLastModifiedTime(cache(), time);
    quiet("");
  }

  @Test
  void e_one_of_another_jar_is_left_alone_by_commands_and_replaced_by_serve() throws IOException {
    Files.setLastModifiedTime(jar(), FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    quiet("");
    assertThat(run("", SERVE).err()).startsWith("Warming up, for faster starts … done in ");
    assertThat(Files.getLastModifiedTime(cache())).isEqualTo(Files.getLastModifiedTime(jar()));
  }

  @Test
  void f_where_it_cannot_be_made_things_go_on_without_and_it_is_not_tried_again()
      throws IOException {
    Files.delete(cache());
    Files.deleteIfExists(target().resolve("warm-up.log"));
    Files.createDirectory(target().resolve("warm-up.log"));
    assertThat(run("", SERVE).err()).contains("left out", "there is no none.yaml");
    assertThat(cache()).isEmptyFile();
    assertThat(run("", SERVE).err()).doesNotContain("Warming up");
    quiet("");
  }

  @Test
  void no_jar_is_signed_since_its_classes_would_stay_out() throws IOException {
    try (var jars = Files.list(Postern.HOME.resolve("target/lib"))) {
      for (Path each : jars.toList()) {
        try (var jar = new JarFile(each.toFile())) {
          assertThat(jar.stream())
              .as(each.toString())
              .noneMatch(entry -> entry.getName().matches("META-INF/[^/]*\\.(SF|DSA|RSA|EC)"));
        }
      }
    }
  }
}
