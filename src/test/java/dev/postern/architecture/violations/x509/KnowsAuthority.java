package dev.postern.architecture.violations.x509;

import dev.postern.architecture.violations.authority.Signer;

/** An arrow that points up. */
public record KnowsAuthority(Signer signer) {}
