package dev.postern.cli;

import dev.postern.x509.GeneralName;
import dev.postern.x509.KeyAlgorithm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the three kinds of {@code postern issue}, and {@code renew}, have in common. */
final class IssueOptions {
  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to put it (default: NAME.p12, or NAME.pem and NAME.key).")
  private @Nullable Path out;

  @Option(
      names = "--format",
      paramLabel = "FORM",
      description = {
        "p12: PKCS#12 for current systems.",
        "p12-legacy: PKCS#12 for macOS, iOS, Android up to 13, Windows Server 2016.",
        "pem: certificate chain, and the encrypted key beside it (.key)."
      })
  private @Nullable String format;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "First line: the file's password (default: a generated one, printed).")
  private @Nullable Path passwordFile;

  @Option(
      names = "--key",
      paramLabel = "KIND",
      description = "p256 (default), p384, rsa2048, rsa3072, rsa4096.")
  private @Nullable String key;

  @Option(
      names = "--validity",
      paramLabel = "TIME",
      description = "How long: 90d, 12h … (default: the profile's own).")
  private @Nullable String validity;

  @Option(names = "--force", description = "Replace the output file if it exists.")
  private boolean force;

  @Mixin private Result result = new Result();

  /** The file forms. */
  enum Format {
    P12,
    P12_LEGACY,
    PEM
  }

  /** As asked for, else by the name of the output file, else {@code otherwise}. */
  Format format(Format otherwise) {
    if (format != null) {
      return switch (format.toLowerCase(Locale.ROOT)) {
        case "p12", "modern" -> Format.P12;
        case "p12-legacy", "legacy" -> Format.P12_LEGACY;
        case "pem" -> Format.PEM;
        default -> throw CommandFailure.usage("--format is p12, p12-legacy or pem, not " + format);
      };
    }
    String name = out == null ? "" : out.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".p12") || name.endsWith(".pfx")) {
      return Format.P12;
    }
    return name.endsWith(".pem") || name.endsWith(".crt") ? Format.PEM : otherwise;
  }

  Path out(String name, Format form) {
    return out != null
        ? out
        : Path.of(
            name.replaceAll("[^A-Za-z0-9._@-]", "_") + (form == Format.PEM ? ".pem" : ".p12"));
  }

  /** Whether a file was named, and not one to be made up from whom the certificate is for. */
  boolean namesFile() {
    return out != null;
  }

  boolean namesForm() {
    return format != null;
  }

  Optional<Path> passwordFile() {
    return Optional.ofNullable(passwordFile);
  }

  /** As asked for, or P-256. */
  KeyAlgorithm key() {
    return wantedKey().orElse(KeyAlgorithm.P256);
  }

  Optional<KeyAlgorithm> wantedKey() {
    try {
      return Optional.ofNullable(key).map(KeyAlgorithm::parse);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--key: " + e.getMessage());
    }
  }

  Optional<Duration> validity() {
    return Optional.ofNullable(validity).map(text -> Durations.parse("--validity", text));
  }

  boolean force() {
    return force;
  }

  Result result() {
    return result;
  }

  /** Reads {@code dns:…}, {@code ip:…} and so on; what has no kind is a host name or an address. */
  static List<GeneralName> names(List<String> texts) {
    List<GeneralName> names = new ArrayList<>();
    for (String text : texts) {
      try {
        names.add(GeneralName.parse(text));
      } catch (IllegalArgumentException e) {
        throw CommandFailure.usage("--name: " + e.getMessage());
      }
    }
    return names;
  }
}
