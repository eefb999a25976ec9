package dev.postern.cli;

import dev.postern.metrics.Frame;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code postern top} shows: rates between two frames, and the last requests. */
final class TopScreen {
  private static final int LAST = 14;
  private static final int PATH = 32;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final Deque<Frame.Request> last = new ArrayDeque<>();

  List<String> lines(Frame before, Frame now) {
    now.requests().forEach(last::addLast);
    while (last.size() > LAST) {
      last.removeFirst();
    }
    double seconds = Math.max(0.001, (now.at() - before.at()) / 1000.0);
    List<String> lines = new ArrayList<>();
    lines.add(
        "@|bold Postern|@  up %s  %d connections  %s handshakes/s (%s failed)  %s"
            .formatted(
                up(Duration.ofMillis(now.upMillis())),
                now.connections(),
                rate(now.handshakes() - before.handshakes(), seconds),
                rate(now.failures() - before.failures(), seconds),
                TIME.format(Instant.ofEpochMilli(now.at()))));
    lines.add("");
    lines.add(
        "@|bold %-30s %10s %10s %9s %9s %9s %10s %10s|@"
            .formatted(
                "site",
                "requests/s",
                "refused/s",
                "failed/s",
                "half in",
                "99 % in",
                "in/s",
                "out/s"));
    Map<String, Frame.Site> earlier =
        before.sites().stream().collect(Collectors.toMap(Frame.Site::host, site -> site));
    now.sites().forEach(site -> lines.add(site(earlier.get(site.host()), site, seconds)));
    lines.add("");
    lines.add("@|bold refused since the start:|@ " + reasons(now));
    lines.add("");
    last.forEach(request -> lines.add(request(request)));
    return lines;
  }

  private static String site(Frame.@Nullable Site before, Frame.Site now, double seconds) {
    Frame.Site from =
        before == null
            ? new Frame.Site(now.host(), 0, 0, 0, 0, 0, now.within().stream().map(_ -> 0L).toList())
            : before;
    long requests = now.requests() - from.requests();
    return "%-30s %10s %10s %9s %9s %9s %10s %10s"
        .formatted(
            cut(now.host(), 30),
            rate(requests, seconds),
            rate(now.refused() - from.refused(), seconds),
            rate(now.failed() - from.failed(), seconds),
            within(from, now, requests, 0.5),
            within(from, now, requests, 0.99),
            bytes((now.bytesIn() - from.bytesIn()) / seconds),
            bytes((now.bytesOut() - from.bytesOut()) / seconds));
  }

  /** The least bound that this share of the requests kept. */
  private static String within(Frame.Site before, Frame.Site now, long requests, double share) {
    if (requests == 0) {
      return "-";
    }
    for (int i = 0; i < Frame.BOUNDS.size() && i < now.within().size(); i++) {
      if (now.within().get(i) - before.within().get(i) >= requests * share) {
        return duration(Frame.BOUNDS.get(i));
      }
    }
    return "> " + duration(Frame.BOUNDS.getLast());
  }

  private static String duration(Duration duration) {
    return duration.toMillis() < 1000 ? duration.toMillis() + " ms" : duration.toSeconds() + " s";
  }

  private static String up(Duration up) {
    return up.toDays() > 0
        ? up.toDays() + " d " + up.toHoursPart() + " h"
        : up.toHours() > 0
            ? up.toHours() + " h " + up.toMinutesPart() + " min"
            : up.toMinutes() + " min " + up.toSecondsPart() + " s";
  }

  private static String rate(long count, double seconds) {
    return String.format(Locale.ROOT, "%.1f", count / seconds);
  }

  private static String bytes(double count) {
    if (count < 1000) {
      return String.format(Locale.ROOT, "%.0f B", count);
    }
    return count < 1e6
        ? String.format(Locale.ROOT, "%.1f kB", count / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", count / 1e6);
  }

  private static String reasons(Frame frame) {
    return frame.refusals().isEmpty()
        ? "nobody"
        : frame.refusals().entrySet().stream()
            .map(each -> each.getValue() + " " + each.getKey())
            .collect(Collectors.joining(", "));
  }

  private static String request(Frame.Request request) {
    boolean admitted = request.verdict().equals("admitted");
    String line =
        "%s  %-16s %-30s %-6s %-32s %d  "
            .formatted(
                TIME.format(Instant.ofEpochMilli(request.at())),
                cut(request.user().isEmpty() ? "-" : request.user(), 16),
                cut(request.host(), 30),
                cut(request.method(), 6),
                cut(request.path(), PATH),
                request.status());
    return unmarked(line)
        + (admitted ? "" : "@|red " + unmarked(request.verdict()) + "|@ " + request.reference());
  }

  /** Other people's text holds no marks of ours. */
  private static String unmarked(String text) {
    return text.replace("@|", "@ ").replace("|@", " @");
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
