package dev.postern.console;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the template {@code certificates.jte} shows.
 *
 * @param asked the filters as they were given
 * @param next where older ones are
 * @param first back to the newest, when this is not the first page
 */
public record CertificatesPage(
    Map<String, String> asked,
    List<String> states,
    List<CertificateRow> rows,
    @Nullable String next,
    @Nullable String first) {
  public String asked(String name) {
    return asked.getOrDefault(name, "");
  }

  public boolean isNarrowed() {
    return !asked.isEmpty();
  }
}
