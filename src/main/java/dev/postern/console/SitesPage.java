package dev.postern.console;

import dev.postern.access.User;
import dev.postern.web.Reasoning;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the template {@code sites.jte} shows. */
public record SitesPage(
    List<ConsoleSite> sites, Map<String, String> asked, @Nullable Reasoning answer) {
  public String asked(String name) {
    return asked.getOrDefault(name, "");
  }

  public String user() {
    return answer == null ? "" : answer.user().map(User::name).orElse("");
  }

  public String evidence() {
    return answer == null ? "" : answer.evidence().orElse("");
  }

  public String certificate() {
    return answer == null ? "" : answer.certificate().map(Object::toString).orElse("");
  }
}
