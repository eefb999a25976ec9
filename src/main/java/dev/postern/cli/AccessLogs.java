package dev.postern.cli;

import dev.postern.config.PosternConfig;
import dev.postern.gateway.AccessLog;

/** Stub. */
final class AccessLogs {
  private AccessLogs() {}

  static AccessLog of(PosternConfig config, Terminal terminal) {
    return AccessLog.NONE;
  }
}
