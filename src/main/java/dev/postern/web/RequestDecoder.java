package dev.postern.web;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * HTTP/1.1 requests from bytes, strictly (RFC 9112): Netty's own decoder unfolds lines, takes
 * several spaces for one and knows a body length for an extinct WebSocket draft. Hands on
 * HttpRequest, HttpContent and LastHttpContent, or one {@link Malformed}, after which nothing more
 * is read. After a request to upgrade it waits for {@link #proceed} or to be removed, whereupon the
 * bytes that follow pass raw.
 */
public final class RequestDecoder extends ByteToMessageDecoder {
  static final int MAX_REQUEST_LINE = 8 * 1024;
  static final int MAX_HEADERS = 32 * 1024;

  /** A client has nothing to say before the answer to its wish to upgrade (RFC 6455 §4.1). */
  private static final int MAX_EARLY = 64 * 1024;

  private static final int MAX_TRAILERS = 8 * 1024;
  private static final int MAX_CHUNK_LINE = 256;

  /** Some clients send an empty line after a body (RFC 9112 §2.2). */
  private static final int MAX_EMPTY_LINES = 2;

  private enum State {
    HEAD,
    FIXED,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILERS,
    UPGRADING,
    REFUSED
  }

  private State state = State.HEAD;

  /** Looked through already, from the reader index on; and where the current line began. */
  private int scanned;

  private int lineStart;
  private int requestLine;
  private int emptyLines;
  private long remaining;

  /** The upgrade was declined: what follows is the next request. */
  public void proceed(ChannelHandlerContext ctx) throws Exception {
    if (state == State.UPGRADING) {
      state = State.HEAD;
      channelRead(ctx, ctx.alloc().buffer(0, 0));
    }
  }

  /** Whether a next request has begun to arrive. */
  public boolean isMidHead() {
    return state == State.HEAD && actualReadableBytes() > 0;
  }

  /** Netty would read on, since nothing was handed on. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    if (state == State.UPGRADING && actualReadableBytes() > MAX_EARLY) {
      ctx.fireChannelReadComplete();
    } else {
      super.channelReadComplete(ctx);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      switch (state) {
        case HEAD -> head(in, out);
        case FIXED -> fixed(in, out);
        case CHUNK_SIZE -> chunkSize(in);
        case CHUNK -> chunk(in, out);
        case CHUNK_END -> chunkEnd(in);
        case TRAILERS -> trailers(in, out);
        case UPGRADING -> {
          if (in.readableBytes() > MAX_EARLY) {
            ctx.channel().config().setAutoRead(false); // read again once it is answered
          }
        }
        case REFUSED -> in.skipBytes(in.readableBytes());
      }
    } catch (BadSyntax e) {
      state = State.REFUSED;
      in.skipBytes(in.readableBytes());
      out.add(new Malformed(e.problem()));
    }
  }

  private void head(ByteBuf in, List<Object> out) throws BadSyntax {
    while (scanned == 0 && startsWithEmptyLine(in)) {
      in.skipBytes(2);
      if (++emptyLines > MAX_EMPTY_LINES) {
        throw new BadSyntax("empty lines come where a request should");
      }
    }
    boolean half = in.readableBytes() == 1 && in.getByte(in.readerIndex()) == '\r';
    int length = half ? -1 : block(in, true);
    if (length < 0) {
      return;
    }
    byte[] bytes = new byte[length]; // the header names are views of it
    in.readBytes(bytes);
    HttpRequest request = new HeadParser(bytes, length).request();
    emptyLines = 0;
    state = framing(request);
    out.add(request);
    if (state == State.HEAD || state == State.UPGRADING) {
      out.add(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  private static boolean startsWithEmptyLine(ByteBuf in) {
    return in.readableBytes() >= 2
        && in.getByte(in.readerIndex()) == '\r'
        && in.getByte(in.readerIndex() + 1) == '\n';
  }

  /** The length of the lines up to and with an empty one, or -1 while that has not come. */
  private int block(ByteBuf in, boolean head) throws BadSyntax {
    int start = in.readerIndex();
    while (true) {
      int lf = in.indexOf(start + scanned, in.writerIndex(), (byte) '\n');
      int seen = (lf < 0 ? in.writerIndex() : lf + 1) - start;
      boolean inRequestLine = head && lineStart == 0;
      if (inRequestLine) {
        requestLine = seen;
      }
      int limit =
          inRequestLine ? MAX_REQUEST_LINE : head ? requestLine + MAX_HEADERS : MAX_TRAILERS;
      if (seen > limit) {
        throw new BadSyntax(tooLong(inRequestLine));
      }
      scanned = seen;
      if (lf < 0) {
        return -1;
      }
      int lineLength = lf - start - lineStart;
      if (lineLength == 0 || in.getByte(lf - 1) != '\r') {
        throw new BadSyntax("a line ends in LF without CR"); // RFC 9112 §2.2: may, so we do not
      }
      lineStart = seen;
      if (lineLength == 1) {
        scanned = 0;
        lineStart = 0;
        return seen;
      }
    }
  }

  static Problem tooLong(boolean requestLine) {
    return requestLine
        ? Problem.of(414, "uri-too-long", "more than " + MAX_REQUEST_LINE + " bytes")
        : Problem.of(431, "headers-too-large", "more than " + MAX_HEADERS + " bytes");
  }

  /** How the body is delimited (RFC 9112 §6.3), where two answers are possible: not at all. */
  private State framing(HttpRequest request) throws BadSyntax {
    HttpHeaders headers = request.headers();
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (!codings.isEmpty()) {
      if (!lengths.isEmpty()) {
        throw new BadSyntax("both Transfer-Encoding and Content-Length");
      }
      if (!request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
        throw new BadSyntax("Transfer-Encoding in HTTP/1.0");
      }
      if (codings.size() != 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
        throw new BadSyntax(Problem.of(501, "transfer-coding", "chunked alone is"));
      }
      return State.CHUNK_SIZE;
    }
    if (lengths.isEmpty()) {
      return headers.contains(HttpHeaderNames.UPGRADE) ? State.UPGRADING : State.HEAD;
    }
    remaining = length(lengths);
    return remaining == 0 ? State.HEAD : State.FIXED;
  }

  private static long length(List<String> values) throws BadSyntax {
    String digits = values.getFirst();
    boolean fine = values.size() == 1 && !digits.isEmpty() && digits.length() <= 18;
    for (int i = 0; fine && i < digits.length(); i++) {
      fine = digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
    }
    if (!fine) {
      throw new BadSyntax("Content-Length is not one decimal number");
    }
    return Long.parseLong(digits);
  }

  private void fixed(ByteBuf in, List<Object> out) {
    int size = (int) Math.min(in.readableBytes(), remaining);
    remaining -= size;
    ByteBuf content = in.readRetainedSlice(size);
    if (remaining == 0) {
      state = State.HEAD;
      out.add(new DefaultLastHttpContent(content));
    } else {
      out.add(new DefaultHttpContent(content));
    }
  }

  /** {@code chunk-size [ chunk-ext ] CRLF}: extensions are read over (RFC 9112 §7.1.1). */
  private void chunkSize(ByteBuf in) throws BadSyntax {
    int start = in.readerIndex();
    int limit = Math.min(in.writerIndex(), start + MAX_CHUNK_LINE);
    int lf = in.indexOf(start, limit, (byte) '\n');
    if (lf < 0) {
      if (limit - start == MAX_CHUNK_LINE) {
        throw new BadSyntax("the line of a chunk's size is too long");
      }
      return;
    }
    long size = 0;
    int at = start;
    for (int digit; (digit = Character.digit(in.getByte(at), 16)) >= 0; at++) {
      size = (size << 4) | digit;
    }
    boolean extension = in.getByte(at) == ';';
    for (int i = at; i < lf - 1; i++) {
      extension &= HttpSyntax.isField(in.getByte(i));
    }
    if (at == start
        || at - start > 15
        || in.getByte(lf - 1) != '\r'
        || (at != lf - 1 && !extension)) {
      throw new BadSyntax("a chunk's size is no hexadecimal number");
    }
    in.readerIndex(lf + 1);
    remaining = size;
    state = size == 0 ? State.TRAILERS : State.CHUNK;
  }

  private void chunk(ByteBuf in, List<Object> out) {
    int size = (int) Math.min(in.readableBytes(), remaining);
    remaining -= size;
    out.add(new DefaultHttpContent(in.readRetainedSlice(size)));
    if (remaining == 0) {
      state = State.CHUNK_END;
    }
  }

  private void chunkEnd(ByteBuf in) throws BadSyntax {
    if (in.readableBytes() < 2) {
      return;
    }
    if (in.readByte() != '\r' || in.readByte() != '\n') {
      throw new BadSyntax("a chunk is longer than its size");
    }
    state = State.CHUNK_SIZE;
  }

  private void trailers(ByteBuf in, List<Object> out) throws BadSyntax {
    if (scanned == 0 && startsWithEmptyLine(in)) {
      in.skipBytes(2);
      state = State.HEAD;
      out.add(LastHttpContent.EMPTY_LAST_CONTENT);
      return;
    }
    int length = block(in, false);
    if (length >= 0) {
      byte[] bytes = new byte[length];
      in.readBytes(bytes);
      var last = new DefaultLastHttpContent();
      new HeadParser(bytes, length).fields(last.trailingHeaders());
      state = State.HEAD;
      out.add(last);
    }
  }
}
