package dev.postern.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code postern}: which Java it takes, what it hands on, and what it says otherwise.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class LauncherIT {
  private static final String LAUNCHER = Postern.HOME.resolve("postern").toString();
  private static final String THIS_JAVA = System.getProperty("java.home") + "/bin/java";

  /** What the scripts themselves call. */
  private static final List<String> SHELL_TOOLS =
      List.of(
          "bash",
          "env",
          "cat",
          "cut",
          "dirname",
          "find",
          "grep",
          "head",
          "ls",
          "mktemp",
          "readlink",
          "tail");

  @TempDir private Path folder;

  @Test
  void the_java_that_was_named_is_taken() {
    for (String named : List.of(THIS_JAVA, System.getProperty("java.home"))) {
      assertThat(here().with("POSTERN_JAVA", named).run(LAUNCHER, "--version").succeeded().out())
          .startsWith("postern ");
    }
  }

  @Test
  void a_named_java_that_is_not_there_is_one_clear_line() {
    String nowhere = folder.resolve("nowhere").toString();
    assertOneLine(
        here().with("POSTERN_JAVA", nowhere).run(LAUNCHER, "--version"),
        "POSTERN_JAVA names " + nowhere + ", which is not a program");
  }

  @Test
  void a_named_folder_without_a_java_is_one_clear_line() {
    assertOneLine(
        here().with("POSTERN_JAVA", folder.toString()).run(LAUNCHER, "--version"),
        "POSTERN_JAVA names " + folder + "/bin/java, which is not a program");
  }

  @Test
  void a_named_java_that_is_too_old_is_one_clear_line() throws IOException {
    Path old = oldJava();
    assertOneLine(
        here().with("POSTERN_JAVA", old.toString()).run(LAUNCHER, "--version"),
        "POSTERN_JAVA names " + old + "/bin/java, which is Java 17; needs a JDK 25 or newer");
  }

  @Test
  void a_machine_with_nothing_but_an_old_java_is_told_what_to_install() throws IOException {
    Path old = oldJava();
    // The same script, but it looks for JDKs in a folder of ours.
    Path launcher =
        executable(
            folder.resolve("postern"),
            Files.readString(Path.of(LAUNCHER)).replace("/usr/lib/jvm/", old.getParent() + "/"));
    Path tools = tools();
    Program.Outcome outcome =
        here()
            .with("PATH", tools.toString())
            .with("JAVA_HOME", old.toString())
            .with("POSTERN_JAVA", "")
            .run(launcher.toString(), "--version");
    assertOneLine(outcome, "needs a JDK 25 or newer; found: " + old + "/bin/java (17)");
    assertThat(outcome.err()).contains("POSTERN_JAVA=/path/to/jdk-25 ./postern");

    passTo(Path.of(THIS_JAVA), tools.resolve("java"));
    assertThat(
            here()
                .with("PATH", tools.toString())
                .with("JAVA_HOME", old.toString())
                .with("POSTERN_JAVA", "")
                .run(launcher.toString(), "--version")
                .err())
        .as("with a newer one on the path, it goes on, and finds that this folder has no program")
        .doesNotContain("needs a JDK");
  }

  @Test
  void arguments_arrive_as_they_were_given() {
    String odd = "no such  file * $HOME '\"";
    Program.Outcome outcome = here().run(LAUNCHER, "inspect", odd);
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.err()).contains(odd);
    assertThat(here().run(LAUNCHER, "no-such-command").exit()).isEqualTo(2);
    assertThat(here().run(LAUNCHER, "--version").exit()).isZero();
  }

  @Test
  void it_works_through_links_and_from_any_folder() throws IOException {
    Path absolute = Files.createSymbolicLink(folder.resolve("absolute"), Path.of(LAUNCHER));
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path relative = Files.createSymbolicLink(bin.resolve("relative"), Path.of("../absolute"));
    for (Path link : List.of(absolute, relative)) {
      assertThat(here().run(link.toString(), "--version").succeeded().out()).startsWith("postern ");
    }
    Program onPath = here().with("PATH", bin + ":" + System.getenv("PATH"));
    assertThat(onPath.shell("cd / && relative --version").succeeded().out()).startsWith("postern ");
    Files.delete(relative);
    Files.delete(absolute);
  }

  @Test
  void files_are_read_from_the_folder_of_the_caller() throws IOException {
    Files.writeString(folder.resolve("postern.yaml"), "nonsense: here\n");
    Program.Outcome outcome = here().run(LAUNCHER, "config", "check");
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.err()).contains("postern.yaml: line 1: nonsense");
  }

  @Test
  void the_tests_tell_people_who_are_not_root_what_to_install() throws IOException {
    Path tools = tools();
    executable(tools.resolve("id"), "#!/bin/sh\necho 1000\n");
    Program.Outcome outcome = test(tools);
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines().toList())
        .hasSize(2)
        .first()
        .asString()
        .contains("run: sudo apt-get install ", " curl", " openssl", " maven");
    assertThat(outcome.err().lines().toList().getLast()).contains("./postern test --fast");
  }

  @Test
  void the_tests_install_it_themselves_for_root_and_go_on() throws IOException {
    Path tools = tools();
    executable(tools.resolve("id"), "#!/bin/sh\necho 0\n");
    executable(tools.resolve("apt-get"), "#!/bin/sh\necho \"$@\" >>" + folder + "/apt\n");
    executable(tools.resolve("mvn"), "#!/bin/sh\necho \"mvn $@\"\n");
    Program.Outcome outcome = test(tools, "-Dsome=thing").succeeded();
    assertThat(outcome.out()).contains("Installing what the tests drive: ", " verify -Dsome=thing");
    assertThat(folder.resolve("apt"))
        .content()
        .startsWith("update\n")
        .contains("install -y --no-remove --no-install-recommends ", " curl", " openssl");

    executable(tools.resolve("apt-get"), "#!/bin/sh\necho no such package\nexit 100\n");
    Program.Outcome failed = test(tools);
    assertThat(failed.exit()).isEqualTo(3);
    assertThat(failed.err()).contains("no such package", "postern: apt could not install ");
  }

  @Test
  void the_fast_tests_need_none_of_it() throws IOException {
    Path tools = tools();
    executable(tools.resolve("mvn"), "#!/bin/sh\necho \"mvn $@\"\n");
    assertThat(test(tools, "--fast").succeeded().out()).contains(" test").doesNotContain("verify");
  }

  private Program here() {
    return Program.in(folder);
  }

  /** {@code ./postern test} on a machine that has nothing but {@code tools}. */
  private Program.Outcome test(Path tools, String... arguments) {
    List<String> words = new ArrayList<>(List.of(LAUNCHER, "test"));
    words.addAll(List.of(arguments));
    return here()
        .with("PATH", tools.toString())
        .with("POSTERN_JAVA", THIS_JAVA)
        .run(words.toArray(String[]::new));
  }

  private static void assertOneLine(Program.Outcome outcome, String beginning) {
    assertThat(outcome.exit()).isEqualTo(3);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines().toList())
        .singleElement()
        .asString()
        .startsWith("postern: " + beginning);
  }

  /** Answers as OpenJDK 17 does. */
  private Path oldJava() throws IOException {
    Path old = folder.resolve("jvm/old");
    Path bin = Files.createDirectories(old.resolve("bin"));
    executable(
        bin.resolve("java"), "#!/bin/sh\necho 'openjdk version \"17.0.1\" 2021-10-19' >&2\n");
    return old;
  }

  /** A folder for PATH with the shell's own tools and nothing else. */
  private Path tools() throws IOException {
    Path tools = Files.createDirectories(folder.resolve("tools"));
    for (String name : SHELL_TOOLS) {
      Path tool =
          List.of(Path.of("/bin", name), Path.of("/usr/bin", name)).stream()
              .filter(Files::exists)
              .findFirst()
              .orElseThrow();
      passTo(tool, tools.resolve(name));
    }
    return tools;
  }

  /** Like a link, but JUnit is not alarmed when it deletes it. */
  private static void passTo(Path program, Path file) {
    executable(file, "#!/bin/sh\nexec " + program + " \"$@\"\n");
  }

  private static Path executable(Path file, String text) {
    try {
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
