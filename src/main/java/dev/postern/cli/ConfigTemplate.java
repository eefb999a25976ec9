package dev.postern.cli;

import java.nio.file.Path;

/** Stub. */
final class ConfigTemplate {
  private ConfigTemplate() {}

  static String text(String name, String domain, Path data) {
    return name + domain + data;
  }
}
