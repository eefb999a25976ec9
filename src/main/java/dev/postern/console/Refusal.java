package dev.postern.console;

import dev.postern.access.Role;
import dev.postern.web.Problem;
import java.util.List;

/** What the console does not do, and why: each has its status once. */
final class Refusal {
  private Refusal() {}

  static Problem notFound(String what) {
    return Problem.of(404, "not-found", "There is no such thing.", what);
  }

  static Problem conflict(String why) {
    return Problem.of(409, "conflict", "This cannot be done as things are.", why);
  }

  static Problem invalid(String why) {
    return Problem.of(422, "invalid", "This cannot be accepted.", why);
  }

  /** Everything that is wrong, at once. */
  static Problem invalid(List<dev.postern.authority.Problem> problems) {
    return Problem.of(
        422,
        "invalid",
        "This cannot be accepted.",
        problems.stream().map(each -> new Problem.Field(each.field(), each.reason())).toList());
  }

  static Problem overtaken() {
    return Problem.of(
        412,
        "overtaken",
        "Somebody else has changed this meanwhile.",
        "read it again, then decide again");
  }

  static Problem readOnly() {
    return Problem.of(
        403,
        "read-only",
        "You may look, but not change anything.",
        "members of " + Role.ADMIN.group() + " may");
  }
}
