package dev.postern.cli;

import dev.postern.config.PosternConfig;
import dev.postern.config.SiteConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of others that a configuration names: each is there, and is what it is named for.
 * Commands that do not need them do without.
 */
final class NamedFiles {
  private final List<String> problems = new ArrayList<>();

  private NamedFiles() {}

  /** One sentence each, which begins with the key that names the file. */
  static List<String> problems(PosternConfig config) {
    var files = new NamedFiles();
    for (SiteConfig site : config.sites()) {
      String key = "site " + site.host() + ": ";
      site.certificate().ifPresent(given -> files.certificate(key, given));
      site.upstreamCa().ifPresent(file -> files.certificates(key + "upstream-ca", file));
    }
    config.pages().certificate().ifPresent(given -> files.certificate("pages.", given));
    config
        .trust()
        .forEach(trust -> {
          String key = "trust " + trust.name() + ": ";
          trust.roots().forEach(file -> files.certificates(key + "roots", file));
          trust.intermediates().forEach(file -> files.certificates(key + "intermediates", file));
        });
    return List.copyOf(files.problems);
  }

  private void certificate(String key, SiteConfig.CertificateFiles given) {
    certificates(key + "certificate.chain", given.chain());
    if (!Files.isReadable(given.key())) {
      problems.add(
          key
              + "certificate.key: "
              + (Files.exists(given.key())
                  ? given.key() + " may not be read by this user"
                  : "there is no file " + given.key()));
    }
  }

  private void certificates(String key, Path file) {
    try {
      InputFile.certificates(file);
    } catch (CommandFailure e) {
      e.lines().forEach(line -> problems.add(key + ": " + line));
    }
  }
}
