package dev.postern.config;

import java.nio.file.Path;
import java.util.List;

/** Stub. */
public record PosternConfig(String name, Path data, List<Site> sites) {
  /** Stub. */
  public record Site(String host, String upstream) {}
}
