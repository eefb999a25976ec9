package dev.postern.access;

/** What somebody may do at the console. A role is a group like any other (decision 0012). */
public enum Role {
  /** Everything. */
  ADMIN("postern-admins"),
  /** Look at everything, change nothing. */
  AUDITOR("postern-auditors");

  private final String group;

  Role(String group) {
    this.group = group;
  }

  /** The group whose members have it. */
  public String group() {
    return group;
  }
}
