package dev.postern.console;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the template {@code audit.jte} shows. */
public record AuditPage(
    Map<String, String> asked,
    List<String> kinds,
    List<EventRow> events,
    @Nullable String next,
    @Nullable String first) {
  public String asked(String name) {
    return asked.getOrDefault(name, "");
  }

  public boolean isNarrowed() {
    return !asked.isEmpty();
  }
}
