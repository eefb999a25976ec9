package dev.postern.console;

import dev.postern.access.User;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the template {@code people.jte} shows. */
public record UsersPage(
    Map<String, String> asked,
    List<User> users,
    Map<String, Integer> groups,
    @Nullable String next,
    @Nullable String first) {
  public String asked(String name) {
    return asked.getOrDefault(name, "");
  }

  public boolean isNarrowed() {
    return !asked.isEmpty();
  }

  public String address(User user) {
    return "/people/" + Screen.escaped(user.name());
  }

  public String groupAddress(String group) {
    return "/people?group=" + Screen.escaped(group);
  }

  public String groups(User user) {
    return String.join(", ", user.groups().stream().sorted().toList());
  }

  public boolean isEnabled(User user) {
    return user.state() == User.State.ENABLED;
  }
}
