package dev.postern.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.gateway.AccessLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whoever may read the data folder what happens right now: a frame a second through a Unix
 * domain socket there. Costs next to nothing while nobody looks.
 */
public final class Live implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Live.class);

  /** In one frame; what there is more is counted, but not told one by one. */
  static final int MOST_REQUESTS = 200;

  private static final int MOST_WATCHERS = 8;
  private static final long PERIOD_MILLIS = 1000;
  private static final String SUFFIX = ".sock";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path socket;
  private final ServerSocketChannel listener;
  private final Function<List<Frame.Request>, Frame> frames;
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

  /** One who looks; the oldest requests give way. */
  private record Watcher(SocketChannel channel, BlockingQueue<Frame.Request> requests) {
    void add(Frame.Request request) {
      while (!requests.offer(request)) {
        requests.poll();
      }
    }
  }

  private Live(
      Path socket, ServerSocketChannel listener, Function<List<Frame.Request>, Frame> frames) {
    this.socket = socket;
    this.listener = listener;
    this.frames = frames;
    Thread.ofPlatform().daemon().name("postern-live").start(this::accept);
  }

  /**
   * Listens in {@code folder}, which is made for its owner alone; empty where that cannot be, as
   * where the path is longer than a socket's may be: it is a help, and no more.
   */
  public static Optional<Live> open(Path folder, Function<List<Frame.Request>, Frame> frames) {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      for (Path left : sockets(folder)) { // by processes that were killed
        connect(left).ifPresent(Live::closeQuietly);
      }
      Path socket = folder.resolve(ProcessHandle.current().pid() + SUFFIX);
      Files.deleteIfExists(socket);
      var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(socket));
      return Optional.of(new Live(socket, listener, frames));
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn("postern top will show nothing: no socket in {}: {}", folder, e.getMessage());
      return Optional.empty();
    }
  }

  /** Those of servers that run, the newest first. */
  public static List<Path> sockets(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      files.forEach(found::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    found.sort(Comparator.comparingLong((Path file) -> file.toFile().lastModified()).reversed());
    return found;
  }

  /** Empty, and the file is removed, when nobody listens there any more. */
  public static Optional<SocketChannel> connect(Path socket) throws IOException {
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      return Optional.of(channel);
    } catch (IOException e) {
      channel.close();
      Files.deleteIfExists(socket);
      return Optional.empty();
    }
  }

  /** The frames that come from there, until the server ends. */
  public static Stream<Frame> frames(Stream<String> lines) {
    return lines.map(line -> {
      try {
        return MAPPER.readValue(line, Frame.class);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("the server speaks of something else", e);
      }
    });
  }

  /** Shows what passes on to {@code log}. */
  public AccessLog showing(AccessLog log) {
    return new AccessLog() {
      @Override
      public void record(Entry entry) {
        if (!watchers.isEmpty()) {
          Frame.Request request = Frame.Request.of(entry);
          watchers.forEach(each -> each.add(request));
        }
        log.record(entry);
      }

      @Override
      public void close() {
        log.close();
      }
    };
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel channel = listener.accept();
        if (watchers.size() >= MOST_WATCHERS) {
          channel.close();
        } else {
          var watcher = new Watcher(channel, new ArrayBlockingQueue<>(MOST_REQUESTS));
          watchers.add(watcher);
          Thread.ofPlatform().daemon().name("postern-live-watcher").start(() -> tell(watcher));
        }
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void tell(Watcher watcher) {
    try (SocketChannel channel = watcher.channel()) {
      while (listener.isOpen()) {
        List<Frame.Request> requests = new ArrayList<>();
        watcher.requests().drainTo(requests);
        String line = MAPPER.writeValueAsString(frames.apply(requests)) + "\n";
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        Thread.sleep(PERIOD_MILLIS);
      }
    } catch (IOException e) {
      LOG.debug("somebody looked away", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      watchers.remove(watcher);
    }
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("closing", e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      LOG.debug("closing", e);
    }
    watchers.forEach(each -> closeQuietly(each.channel()));
  }
}
