package dev.postern.web;

import dev.postern.x509.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;
import java.nio.ByteBuffer;

/**
 * A long body, handed on piece by piece as the client takes it: it is never copied as a whole, and
 * a thousand clients share the one in memory.
 */
final class BodyPieces implements ChunkedInput<ByteBuf> {
  static final int PIECE = 64 * 1024;

  private final ByteBuffer rest;
  private final int size;

  BodyPieces(Bytes body) {
    this.rest = body.buffer();
    this.size = body.size();
  }

  @Override
  public boolean isEndOfInput() {
    return !rest.hasRemaining();
  }

  @Override
  public ByteBuf readChunk(ByteBufAllocator allocator) {
    return next();
  }

  private ByteBuf next() {
    int length = Math.min(PIECE, rest.remaining());
    ByteBuf piece = Unpooled.wrappedBuffer(rest.slice(rest.position(), length));
    rest.position(rest.position() + length);
    return piece;
  }

  @Override
  @Deprecated // by Netty, for whose interface it is
  public ByteBuf readChunk(ChannelHandlerContext ctx) {
    return next();
  }

  @Override
  public long length() {
    return size;
  }

  @Override
  public long progress() {
    return rest.position();
  }

  @Override
  public void close() {
    rest.position(rest.limit());
  }
}
