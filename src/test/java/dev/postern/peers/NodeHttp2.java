package dev.postern.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * An upstream that speaks HTTP/2, in node, with two streams to a connection: {@code /headers} says
 * what came, {@code /up} and {@code /down} are as in {@link NodeUpstream}, {@code /hold} answers
 * when somebody asks for {@code /release}, {@code /silent} never. With files of a certificate and
 * key it speaks TLS, and HTTP/1.1 to whoever wants it, or that alone.
 */
final class NodeHttp2 implements AutoCloseable {
  private static final String SERVER =
      """
      const http2 = require('http2'), crypto = require('crypto'), fs = require('fs');
      const {pipeline, Readable} = require('stream');
      const [certificate, key, newest] = process.argv.slice(2);
      const PART = 65536, PARTS = 16384;
      const state = {sessions: 0, streams: 0, most: 0, open: 0, refused: 0, gone: 0, cancelled: 0};
      let held = [];
      function down(response) {
        function* parts() {
          for (let next = 0; next < PARTS; next++) {
            const part = Buffer.alloc(PART);
            part.writeBigUInt64BE(BigInt(next * PART));
            yield part;
          }
        }
        pipeline(Readable.from(parts()), response, () => {});
      }
      function up(request, response) {
        const hash = crypto.createHash('sha256');
        let count = 0;
        request.on('data', part => { count += part.length; hash.update(part); });
        request.on('end', () => response.end(count + ' ' + hash.digest('hex')));
      }
      function answer(request, response) {
        const [path, query] = request.url.split('?');
        switch (path) {
          case '/headers':
            return response.end(JSON.stringify({version: request.httpVersion, headers: request.headers}));
          case '/up': return up(request, response);
          case '/down': return down(response);
          case '/empty': response.writeHead(204); return response.end();
          case '/hold': return held.push(response);
          case '/release': held.forEach(each => each.end('held')); held = []; return response.end('released');
          case '/silent': return;
          case '/cookies':
            response.setHeader('set-cookie', ['a=1', 'b=2']); return response.end(request.headers.cookie);
          case '/hints':
            response.writeEarlyHints({link: '</style.css>; rel=preload'}); return response.end('hinted');
          case '/trailers':
            request.resume();
            return request.on('end', () => {
              response.setHeader('trailer', 'x-sum');
              response.addTrailers({'x-sum': '2', 'x-came': JSON.stringify(request.trailers)});
              response.end('body');
            });
          case '/break': response.write('half'); return setImmediate(() => response.stream.close(parseInt(query)));
          case '/reset': return response.stream.close(parseInt(query));
          case '/refuse-once':
            if (state.refused++ === 0) return response.stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
            return response.end('taken');
          case '/go-away-once':
            if (state.gone++ === 0) {
              // what this server has done nothing about: everything from this stream on
              return request.stream.session.goaway(0, Math.max(0, request.stream.id - 2));
            }
            return response.end('taken');
          case '/state': return response.end(JSON.stringify(state));
          default: response.writeHead(404); return response.end('nothing here');
        }
      }
      const settings = {maxConcurrentStreams: 2};
      const files = certificate && {cert: fs.readFileSync(certificate), key: fs.readFileSync(key)};
      const server = !certificate ? http2.createServer({settings}, answer)
        : newest === '2' ? http2.createSecureServer({settings, allowHTTP1: true, ...files}, answer)
        : require('https').createServer(files, answer);
      server.on('session', () => state.sessions++);
      server.on('stream', stream => {
        state.streams++;
        state.most = Math.max(state.most, ++state.open);
        stream.on('close', () => {
          state.open--;
          if (stream.rstCode === http2.constants.NGHTTP2_CANCEL) state.cancelled++;
        });
        stream.on('error', () => {});
      });
      server.on('upgrade', (request, socket) => socket.end(
        'HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\nbytes'));
      server.listen(0, '127.0.0.1', function () { console.log('port ' + this.address().port + '.'); });
      """;

  private final String scheme;
  final int port;
  private final Process process;

  private NodeHttp2(Path folder, String scheme, String... words) throws IOException {
    this.scheme = scheme;
    Path output = Files.createTempFile(folder, "http2", ".txt");
    Path script = Files.writeString(Files.createTempFile(folder, "http2", ".js"), SERVER);
    ProcessBuilder node = new ProcessBuilder("node", script.toString());
    node.command().addAll(List.of(words));
    this.process =
        node.directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Soon.within(
        Duration.ofSeconds(30),
        "node to listen",
        () -> !process.isAlive() || read(output).contains("."));
    if (!process.isAlive()) {
      throw new AssertionError(read(output));
    }
    this.port = Integer.parseInt(read(output).replaceAll("(?s).*port (\\d+)\\..*", "$1"));
  }

  /** In the clear. */
  static NodeHttp2 in(Path folder) {
    return start(folder, "h2c");
  }

  /**
   * With the certificate in {@code NAME.pem} and {@code NAME.key}; {@code newest}: of HTTP, 1 or 2.
   */
  static NodeHttp2 in(Path folder, String name, int newest) {
    return start(folder, "https", name + ".pem", name + ".key", Integer.toString(newest));
  }

  private static NodeHttp2 start(Path folder, String scheme, String... words) {
    try {
      return new NodeHttp2(folder, scheme, words);
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
    return scheme + "://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
