package dev.postern.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** HTTP/1.1 (RFC 9112), one request at a time. */
final class Http1Client extends HttpClient {
  private static final int PIECE = 64 * 1024;
  private static final ByteBuf END_OF_HEAD = ascii("\r\n\r\n");
  private static final ByteBuf END_OF_LINE = ascii("\r\n");
  private static final ByteBuf PAYLOAD =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer(PIECE).writeZero(PIECE));

  /** What comes next. */
  private enum Awaited {
    HEAD,
    BODY,
    CHUNK_SIZE,
    CHUNK
  }

  private final String host;
  private Awaited awaited = Awaited.HEAD;
  private Request request;
  private long began;
  private long left;
  private long octets;
  private long toStream;
  private Request encodedOf;
  private boolean encodedLast;
  private byte[] encoded;

  /** Of an answer that is checked. */
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();

  Http1Client(Listener listener, String host) {
    super(listener);
    this.host = host;
  }

  private static ByteBuf ascii(String text) {
    return Unpooled.unreleasableBuffer(
        Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII).asReadOnly());
  }

  @Override
  void send(Request what, boolean last) {
    if (what != encodedOf || last != encodedLast) {
      encoded = what.http1(host, last);
      encodedOf = what;
      encodedLast = last;
    }
    request = what;
    began = System.nanoTime();
    context().write(context().alloc().directBuffer(encoded.length).writeBytes(encoded));
    toStream = what.streamed();
    stream();
  }

  private void stream() {
    while (toStream > 0 && context().channel().isWritable()) {
      int size = (int) Math.min(PIECE, toStream);
      toStream -= size;
      context().write(PAYLOAD.retainedSlice(0, size));
      context().flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    stream();
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    switch (awaited) {
      case HEAD -> head(in);
      case BODY -> body(in);
      case CHUNK_SIZE -> chunkSize(in);
      case CHUNK -> chunk(in);
    }
  }

  private void head(ByteBuf in) {
    int end = ByteBufUtil.indexOf(END_OF_HEAD, in);
    if (end < 0) {
      return;
    }
    String head =
        in.readCharSequence(end - in.readerIndex(), StandardCharsets.US_ASCII)
            .toString()
            .toLowerCase(Locale.ROOT);
    in.skipBytes(4);
    if (request == null || !head.startsWith(Integer.toString(request.status()), 9)) {
      String rest = in.toString(StandardCharsets.UTF_8);
      in.skipBytes(in.readableBytes());
      fail("answered otherwise: " + head + "\n" + rest.substring(0, Math.min(500, rest.length())));
      return;
    }
    octets = 0;
    content.reset();
    int length = head.indexOf("\r\ncontent-length:");
    if (length >= 0) {
      int lineEnd = head.indexOf('\r', length + 2);
      String digits = head.substring(length + 17, lineEnd < 0 ? head.length() : lineEnd).strip();
      left = Long.parseLong(digits);
      octets = left;
      awaited = Awaited.BODY;
      if (left == 0) {
        answered();
      }
    } else if (head.contains("\r\ntransfer-encoding: chunked")) {
      awaited = Awaited.CHUNK_SIZE;
    } else {
      fail("an answer without an end: " + head);
    }
  }

  private void body(ByteBuf in) {
    int size = (int) Math.min(left, in.readableBytes());
    take(in, size);
    left -= size;
    if (left == 0) {
      answered();
    }
  }

  private void take(ByteBuf in, int size) {
    if (request.isChecked()) {
      content.writeBytes(ByteBufUtil.getBytes(in, in.readerIndex(), size));
    }
    in.skipBytes(size);
  }

  private void chunkSize(ByteBuf in) {
    int end = ByteBufUtil.indexOf(END_OF_LINE, in);
    if (end < 0) {
      return;
    }
    String line = in.readCharSequence(end - in.readerIndex(), StandardCharsets.US_ASCII).toString();
    in.skipBytes(2);
    left = Long.parseLong(line, 16) + 2;
    awaited = Awaited.CHUNK;
    octets += left - 2;
  }

  /** With the line's end; the last one has nothing else (no trailers are expected). */
  private void chunk(ByteBuf in) {
    boolean last = left == 2 && octets >= 0;
    int size = (int) Math.min(left, in.readableBytes());
    if (last && size < 2) {
      return;
    }
    take(in, size); // and the lines' ends, which no check minds
    left -= size;
    if (left == 0) {
      if (last) {
        answered();
      } else {
        awaited = Awaited.CHUNK_SIZE;
      }
    }
  }

  private void answered() {
    awaited = Awaited.HEAD;
    if (request.isChecked() && !request.isAnsweredBy(content.toByteArray())) {
      fail("answered with the wrong content: " + content.toString(StandardCharsets.UTF_8));
      return;
    }
    listener().answered(this, began, octets);
  }
}
