package dev.postern.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** HTTP/2 (RFC 9113), as many requests at a time as one likes; answered in whatever order. */
final class Http2Client extends HttpClient {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEAD = 9;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  /** RFC 7541 §6.1: {@code :status 200} is entry 8 of the static table. */
  private static final int STATUS_200 = 0x88;

  private final String host;

  /** When the open ones began, oldest first: of requests that are all alike. */
  private final Queue<Long> began = new ArrayDeque<>();

  private int nextStream = 1;
  private long octets;
  private Request encodedOf;
  private byte[] encoded;

  Http2Client(Listener listener, String host) {
    super(listener);
    this.host = host;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    super.handlerAdded(ctx);
    ByteBuf out = ctx.alloc().directBuffer(64).writeBytes(PREFACE);
    frame(out, 6, SETTINGS, 0, 0).writeShort(4).writeInt(Integer.MAX_VALUE);
    frame(out, 4, WINDOW_UPDATE, 0, 0).writeInt(Integer.MAX_VALUE - 65_535);
    ctx.write(out);
  }

  private static ByteBuf frame(ByteBuf out, int length, int type, int flags, int stream) {
    return out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
  }

  @Override
  void send(Request request, boolean last) {
    if (request != encodedOf) {
      encoded = request.http2(host);
      encodedOf = request;
    }
    began.add(System.nanoTime());
    ByteBuf out = context().alloc().directBuffer(HEAD + encoded.length);
    frame(out, encoded.length, HEADERS, END_STREAM | END_HEADERS, nextStream).writeBytes(encoded);
    nextStream += 2;
    context().write(out);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (in.readableBytes() < HEAD) {
      return;
    }
    int start = in.readerIndex();
    int length = in.getUnsignedMedium(start);
    if (in.readableBytes() < HEAD + length) {
      return;
    }
    int type = in.getUnsignedByte(start + 3);
    int flags = in.getUnsignedByte(start + 4);
    ByteBuf payload = in.skipBytes(HEAD).readSlice(length);
    boolean ends = (flags & END_STREAM) != 0;
    switch (type) {
      case SETTINGS -> {
        if (flags != ACK) {
          ctx.writeAndFlush(frame(ctx.alloc().directBuffer(HEAD), 0, SETTINGS, ACK, 0));
        }
      }
      case PING -> {
        if (flags != ACK) {
          ByteBuf pong = ctx.alloc().directBuffer(HEAD + 8);
          ctx.writeAndFlush(frame(pong, 8, PING, ACK, 0).writeBytes(payload));
        }
      }
      case HEADERS -> headers(payload, flags, ends);
      case DATA -> {
        octets += length;
        if (ends) {
          answered();
        }
      }
      case RST_STREAM, GOAWAY -> {
        if (!began.isEmpty()) {
          fail("a frame of type " + type + ", " + payload.getUnsignedInt(length - 4));
        }
      }
      default -> {}
    }
  }

  private void headers(ByteBuf payload, int flags, boolean ends) {
    payload.skipBytes(((flags & 8) != 0 ? 1 : 0) + ((flags & 32) != 0 ? 5 : 0));
    int first = payload.readUnsignedByte();
    while ((first & 0xe0) == 0x20) { // a new size of the dynamic table, RFC 7541 §6.3
      first = payload.readUnsignedByte();
    }
    if (first != STATUS_200) {
      fail("answered otherwise than 200");
    } else if (ends) {
      answered();
    }
  }

  private void answered() {
    Long since = began.poll();
    if (since == null) {
      fail("an answer that nobody asked for");
    } else {
      long received = octets;
      octets = 0;
      listener().answered(this, since, received);
    }
  }
}
