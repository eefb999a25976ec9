package dev.postern.config;

import dev.postern.access.IdentityMapping;
import dev.postern.path.TrustAnchor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one entry of {@code trust}. */
final class Trusts {
  private Trusts() {}

  static Optional<TrustConfig> read(Section section, Path folder) {
    Optional<String> name = section.required("name", Formats.line(64));
    List<Path> roots = certificates(section, "roots");
    if (section.require("roots").isPresent() && roots.isEmpty()) {
      section.problem("roots", "names no CA certificate, so this would trust nobody");
    }
    List<Path> intermediates = certificates(section, "intermediates");
    Optional<IdentityMapping> identity = section.require("identity").flatMap(Trusts::identity);
    List<TrustAnchor.Leniency> accept =
        section.list("accept", Formats.word(Map.of("legacy-v1", TrustAnchor.Leniency.LEGACY_V1)));
    Optional<TrustConfig.Revocation> revocation =
        section
            .find("revocation")
            .flatMap(Value::section)
            .map(each -> Revocations.read(each, name.orElse("?"), folder));
    section.close();
    return name.isPresent() && identity.isPresent() && !roots.isEmpty()
        ? Optional.of(
            new TrustConfig(
                name.get(), roots, intermediates, identity.get(), Set.copyOf(accept), revocation))
        : Optional.empty();
  }

  private static List<Path> certificates(Section section, String key) {
    return section.find(key).map(Value::itemsOrOne).orElse(List.of()).stream()
        .flatMap(item -> item.file(FileCheck.Kind.CERTIFICATES).stream())
        .toList();
  }

  private static Optional<IdentityMapping> identity(Value value) {
    if (!value.isSection()) {
      return value
          .as(IdentityMapping.Source::parse)
          .map(source -> new IdentityMapping(source, Optional.empty()));
    }
    return value
        .section()
        .flatMap(section -> {
          Optional<IdentityMapping.Source> source =
              section.required("field", IdentityMapping.Source::parse);
          Optional<Pattern> pattern = section.required("pattern", Formats::regex);
          section.close();
          return source
              .filter(_ -> pattern.isPresent())
              .map(field -> new IdentityMapping(field, pattern));
        });
  }
}
