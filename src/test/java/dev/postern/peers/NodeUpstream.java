package dev.postern.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An upstream in node: {@code /up} says how many bytes came and their SHA-256, {@code /down} sends
 * 1 GiB, {@code /events} an event each time somebody asks for {@code /next}, {@code /ticks} a line
 * to everybody who listens each time somebody asks for {@code /tick}. The GiB is of zeros, but each
 * 64 KiB begin with their own place, so that nothing can change places unnoticed.
 */
final class NodeUpstream implements AutoCloseable {
  private static final String SERVER =
      """
      const http = require('http'), crypto = require('crypto');
      const PART = 65536, PARTS = 16384;
      let listener = () => {};
      let listeners = [], ticks = 0;
      function down(response) {
        response.writeHead(200, {'content-length': PART * PARTS});
        let next = 0;
        const more = () => {
          while (next < PARTS) {
            const part = Buffer.alloc(PART);
            part.writeBigUInt64BE(BigInt(next++ * PART));
            if (!response.write(part)) return response.once('drain', more);
          }
          response.end();
        };
        more();
      }
      function up(request, response) {
        const hash = crypto.createHash('sha256');
        let count = 0;
        request.on('data', part => { count += part.length; hash.update(part); });
        request.on('end', () => response.end(count + ' ' + hash.digest('hex')));
      }
      function events(response) {
        let count = 0;
        response.writeHead(200, {'content-type': 'text/event-stream'});
        listener = () => {
          response.write('data: ' + ++count + '\\n\\n');
          if (count === 5) response.end();
        };
        listener();
      }
      http.createServer({requestTimeout: 0}, (request, response) => {
        switch (request.url) {
          case '/up': return up(request, response);
          case '/down': return down(response);
          case '/events': return events(response);
          case '/ticks': listeners.push(response); return response.write('tick 0\\n');
          case '/tick': ticks++; listeners.forEach(each => each.write('tick ' + ticks + '\\n'));
            return response.end('ticked');
          case '/next': listener(); return response.end('next');
          default: response.writeHead(404); return response.end('nothing here');
        }
      }).listen(0, '127.0.0.1', function () { console.log('port ' + this.address().port + '.'); });
      """;

  final int port;
  private final Process process;

  private NodeUpstream(Path folder) throws IOException {
    Path script = Files.writeString(folder.resolve("upstream.js"), SERVER);
    Path output = folder.resolve("upstream.txt");
    this.process =
        new ProcessBuilder("node", script.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Soon.within(
        Duration.ofSeconds(30),
        "node to listen",
        () -> !process.isAlive() || read(output).contains("."));
    String said = read(output);
    if (!process.isAlive()) {
      throw new AssertionError(said);
    }
    this.port = Integer.parseInt(said.replaceAll("[^0-9]", ""));
  }

  static NodeUpstream in(Path folder) {
    try {
      return new NodeUpstream(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
