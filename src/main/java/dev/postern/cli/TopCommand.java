package dev.postern.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.metrics.Frame;
import dev.postern.metrics.Live;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code postern top}: what happens right now. */
@Command(
    name = "top",
    mixinStandardHelpOptions = true,
    description = {
      "Show what the server does right now: requests, refusals and their reasons, who signs in.",
      "Ctrl-C ends it. Where the output is no terminal, one look of a second and that is it."
    },
    footer = {"", "Example:  postern top", "          postern top --json --count 10"})
final class TopCommand implements Callable<Integer> {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Terminal terminal;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration file (default: ${DEFAULT-VALUE}).")
  private Path config = Path.of("postern.yaml");

  @Option(names = "--count", paramLabel = "N", description = "End after so many seconds.")
  private int count;

  @Option(names = "--json", description = "Print JSON: a line each second, counts since the start.")
  private boolean json;

  TopCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path folder = new DataFolder(Configuration.read(config).data()).live();
    int most = count > 0 ? count : terminal.isWatched() || json ? Integer.MAX_VALUE : 1;
    try (SocketChannel channel = server(folder);
        var lines =
            new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)).lines()) {
      show(Live.frames(lines).iterator(), most);
      return 0;
    } catch (IOException | UncheckedIOException e) {
      throw CommandFailure.fault("the server is gone");
    }
  }

  private static SocketChannel server(Path folder) throws IOException {
    for (Path socket : Live.sockets(folder)) {
      Optional<SocketChannel> channel = Live.connect(socket);
      if (channel.isPresent()) {
        return channel.get();
      }
    }
    throw CommandFailure.refused(
        "no server is running here; postern serve starts one (on this machine, as this user)");
  }

  private void show(Iterator<Frame> frames, int most) {
    Frame before = null;
    TopScreen screen = new TopScreen();
    for (int shown = 0; shown < most && frames.hasNext(); ) {
      Frame frame = frames.next();
      if (json) {
        terminal.print(write(frame));
        shown++;
      } else if (before != null) {
        if (terminal.isWatched()) {
          terminal.clear();
        }
        screen.lines(before, frame).forEach(terminal::printMarked);
        shown++;
      }
      before = frame;
    }
  }

  private static String write(Frame frame) {
    try {
      return MAPPER.writeValueAsString(frame);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a frame is always JSON", e);
    }
  }
}
