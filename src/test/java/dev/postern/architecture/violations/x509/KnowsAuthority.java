package dev.postern.architecture.violations.x509;

import dev.postern.architecture.violations.authority.Issues;

/** An arrow that points up. */
public record KnowsAuthority(Issues issues) {}
