package dev.postern.gateway;

import dev.postern.web.RequestGuard;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;

/** Resets streams whose method or path cannot be a request's (RFC 9113 §8.1.1). */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is noticed
final class Http2RequestLine extends ChannelInboundHandlerAdapter {
  private boolean begun;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!begun && message instanceof Http2HeadersFrame frame) {
      begun = true;
      Http2Headers headers = frame.headers();
      if (!RequestGuard.isRequestLine(headers.method(), headers.path())) {
        ReferenceCountUtil.release(message);
        ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR))
            .addListener(ChannelFutureListener.CLOSE);
        return;
      }
    }
    ctx.fireChannelRead(message);
  }
}
