package dev.postern.authority;

import java.util.List;

/** A profile's answer, before anything is recorded or signed. */
public sealed interface Preparation {
  record Ready(LintedCertificate linted) implements Preparation {}

  record Refused(List<Problem> problems) implements Preparation {
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
