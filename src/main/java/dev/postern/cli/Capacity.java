package dev.postern.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * How many connections this process has room for. Beyond that it would run out of files or memory
 * at a place that it cannot choose.
 *
 * @param remark what an operator should know who asked for more
 */
record Capacity(int connections, Optional<String> remark) {
  /** One file is the client's connection; a quarter stays for those to upstreams. */
  private static final double FILES = 0.75;

  /** The program's own: its jars, listeners, the ledger. */
  private static final long OWN_FILES = 256;

  /** What the program takes itself, and what the collector needs to work with. */
  private static final long OWN_HEAP = 64L << 20;

  /** A connection that has had a request, measured: 6 KiB; the rest is for one under way. */
  private static final long HEAP_EACH = 8L << 10;

  /** More than this nobody is served by default. */
  private static final long DEFAULT = 50_000;

  private static final int LEAST = 16;

  /** Of this process; {@code wanted} is what the configuration says. */
  static Capacity here(Optional<Integer> wanted) {
    long files =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix.getMaxFileDescriptorCount()
            : Long.MAX_VALUE;
    return of(wanted, files, Runtime.getRuntime().maxMemory());
  }

  /** {@code files}: open at once, at most; {@code heap}: bytes. */
  static Capacity of(Optional<Integer> wanted, long files, long heap) {
    long byFiles = Math.max(LEAST, (long) (files * FILES) - OWN_FILES);
    long byHeap = Math.max(LEAST, (heap - OWN_HEAP) / HEAP_EACH);
    long most = Math.min(byFiles, byHeap);
    int allowed = (int) Math.min(most, wanted.map(Integer::longValue).orElse(DEFAULT));
    return new Capacity(
        allowed,
        wanted
            .filter(each -> each > most)
            .map(each ->
                "limits.connections is "
                    + each
                    + ", but there is room for "
                    + allowed
                    + (byFiles < byHeap
                        ? ": this process may open " + files + " files (ulimit -Hn, LimitNOFILE=)"
                        : ": the heap is " + (heap >> 20) + " MiB (POSTERN_HEAP=512m)")));
  }
}
