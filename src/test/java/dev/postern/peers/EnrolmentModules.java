package dev.postern.peers;

import dev.postern.peers.Program.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The enrolment page's modules under node, in a folder of their own: node takes a {@code .js} file
 * for a module only where a {@code package.json} says so.
 */
record EnrolmentModules(Path folder) {
  static EnrolmentModules in(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("package.json"), "{\"type\": \"module\"}");
      Path home = Path.of(System.getProperty("postern.home", ".")).toAbsolutePath();
      copy(home.resolve("src/main/resources/dev/postern/enrol"), ".js", folder);
      copy(home.resolve("src/test/resources/page"), ".mjs", folder);
      return new EnrolmentModules(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, String suffix, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(from)) {
      files = all.filter(each -> each.toString().endsWith(suffix)).toList();
    }
    for (Path file : files) {
      Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** {@code page.mjs} or another, with arguments; files are read and written in {@link #folder}. */
  Outcome run(String... words) {
    return Program.in(folder)
        .run(Stream.concat(Stream.of("node"), Stream.of(words)).toArray(String[]::new));
  }
}
