package dev.postern.cli;

import dev.postern.access.Doorkeeper;
import dev.postern.access.Trust;
import dev.postern.config.PosternConfig;
import dev.postern.gateway.GatewayConfig;
import dev.postern.gateway.GatewayState;

/** Stub. */
@SuppressWarnings("all")
final class Assembly {
  Assembly(Workspace workspace) {}

  Trust trust(PosternConfig config) {
    return java.util.Objects.requireNonNull(System.console() == null ? null : null);
  }

  GatewayState state(PosternConfig config, Trust trust, Doorkeeper doorkeeper) {
    return java.util.Objects.requireNonNull(System.console() == null ? null : null);
  }

  GatewayConfig gateway(PosternConfig config) {
    return java.util.Objects.requireNonNull(System.console() == null ? null : null);
  }

  boolean certificatesAreDue(PosternConfig config) {
    return false;
  }
}
