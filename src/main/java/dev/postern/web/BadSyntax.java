package dev.postern.web;

/** Ends the parsing of one message; {@link RequestDecoder} makes a {@link Malformed} of it. */
final class BadSyntax extends Exception {
  private final transient Problem problem;

  BadSyntax(Problem problem) {
    super(problem.detail(), null, false, false); // without stack trace: strangers cause it at will
    this.problem = problem;
  }

  BadSyntax(String detail) {
    this(Problem.badRequest(detail));
  }

  Problem problem() {
    return problem;
  }
}
