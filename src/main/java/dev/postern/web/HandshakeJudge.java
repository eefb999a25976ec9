package dev.postern.web;

import dev.postern.access.Denial;
import dev.postern.access.PresentedChain;
import java.util.Optional;

/** Asked during the handshake of a {@link Posture#STRICT} host; empty means: go on. */
@FunctionalInterface
public interface HandshakeJudge {
  Optional<Denial> judge(PresentedChain presented);
}
