package dev.postern.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where and with what it was measured.
 *
 * @param versions of what was measured, by name
 */
public record Machine(
    Instant at,
    String processor,
    int cores,
    String memory,
    String system,
    Map<String, String> versions) {

  public static Machine here() {
    return new Machine(
        Instant.now().truncatedTo(ChronoUnit.MINUTES),
        field("/proc/cpuinfo", "model name"),
        count("/proc/cpuinfo", "processor"),
        installed(),
        "%s, Linux %s, %s %s"
            .formatted(
                field("/etc/os-release", "PRETTY_NAME").replace("\"", ""),
                System.getProperty("os.version"),
                System.getProperty("java.vendor.version", System.getProperty("java.vm.name")),
                System.getProperty("java.version")),
        asked());
  }

  private static String installed() {
    String kilobytes = field("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
    return kilobytes.isEmpty() ? "?" : Long.parseLong(kilobytes) / (1 << 20) + " GiB";
  }

  private static Map<String, String> asked() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("nginx", firstLine("nginx", "-v"));
    versions.put("HAProxy", firstLine("haproxy", "-v"));
    versions.put("Apache", firstLine("apache2", "-v"));
    versions.put("Caddy", "Caddy " + firstLine("caddy", "version"));
    versions.put("cfssl", firstLine("cfssl", "version").replace("Version:", "cfssl"));
    versions.put("OpenSSL", firstLine("openssl", "version"));
    return versions;
  }

  private static String firstLine(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes());
      return text.lines().findFirst().orElse("?").strip();
    } catch (IOException e) {
      return "not here";
    }
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (IOException e) {
      return new ArrayList<>();
    }
  }

  private static int count(String file, String key) {
    return (int) lines(file).stream().filter(line -> line.startsWith(key)).count();
  }

  private static String field(String file, String key) {
    return lines(file).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.replaceFirst("^[^:=]*[:=]\\s*", ""))
        .findFirst()
        .orElse("?");
  }
}
