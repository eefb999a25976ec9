package dev.postern.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What {@link FuzzTest} samples and {@link FuzzIT} does in full. */
abstract class Fuzzing {
  private final int everyNth;
  private final int damages;

  Fuzzing(int everyNth, int damages) {
    this.everyNth = everyNth;
    this.damages = damages;
  }

  @Test
  void sound_bytes_are_understood() throws Exception {
    Parsers parsers = new Parsers();
    Seeds.sound().forEach(parsers::read);
    assertThat(parsers.report()).doesNotStartWith("0 understood");
  }

  @Test
  void damaged_bytes_are_refused_by_our_own_exception_alone() throws Exception {
    Parsers parsers = new Parsers();
    List<byte[]> all = new ArrayList<>();
    for (Map.Entry<String, byte[]> sound : Seeds.sound().entrySet()) {
      for (int seed = 0; seed < damages; seed++) {
        byte[] damaged = new Damage(seed).to(sound.getValue());
        parsers.read(sound.getKey() + " " + seed, damaged);
        all.add(damaged);
      }
    }
    System.out.println("damaged: " + parsers.report());
    parsers.readAsLines(all);
  }

  @Test
  void small_files_that_ask_for_much_get_nothing() throws Exception {
    Parsers parsers = new Parsers();
    Seeds.traps().forEach(parsers::read);
    System.out.println("traps: " + parsers.report());
    parsers.readAsLines(List.copyOf(Seeds.traps().values()));
  }

  @Test
  void what_the_fuzzers_of_others_found_is_refused() throws Exception {
    Parsers parsers = new Parsers();
    Map<String, byte[]> files = files();
    files.forEach(parsers::read);
    System.out.println(files.size() + " files: " + parsers.report());
    parsers.readAsLines(List.copyOf(files.values()));
  }

  private Map<String, byte[]> files() throws IOException {
    String named = System.getenv("POSTERN_VECTORS");
    Path folder = Path.of(named == null ? "../shared/vectors" : named).resolve("fuzz");
    assumeTrue(Files.isDirectory(folder), () -> "no fuzz files at " + folder.toAbsolutePath());
    Map<String, byte[]> files = new LinkedHashMap<>();
    int seen = 0;
    try (var zips = Files.newDirectoryStream(folder, "*.zip")) {
      for (Path path : zips) {
        try (var zip = new ZipFile(path.toFile())) {
          for (var entry :
              (Iterable<java.util.zip.ZipEntry>)
                  zip.stream().map(e -> (java.util.zip.ZipEntry) e)::iterator) {
            if (!entry.isDirectory() && seen++ % everyNth == 0) {
              files.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
          }
        }
      }
    }
    return files;
  }
}
