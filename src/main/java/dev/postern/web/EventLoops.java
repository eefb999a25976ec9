package dev.postern.web;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The threads that all connections live on: epoll where there is one. */
public final class EventLoops implements AutoCloseable {
  private static final int BACKLOG = 1024;

  private final EventLoopGroup group;
  private final Class<? extends ServerChannel> serverChannel;
  private final Class<? extends Channel> clientChannel;

  public EventLoops(String name, int threads) {
    var factory = new DefaultThreadFactory(name, true);
    if (Epoll.isAvailable()) {
      group = new MultiThreadIoEventLoopGroup(threads, factory, EpollIoHandler.newFactory());
      serverChannel = EpollServerSocketChannel.class;
      clientChannel = EpollSocketChannel.class;
    } else {
      group = new MultiThreadIoEventLoopGroup(threads, factory, NioIoHandler.newFactory());
      serverChannel = NioServerSocketChannel.class;
      clientChannel = NioSocketChannel.class;
    }
  }

  public EventLoopGroup group() {
    return group;
  }

  public Class<? extends Channel> clientChannel() {
    return clientChannel;
  }

  /** Listens, or throws {@link BindFailure}. */
  public Channel listen(InetSocketAddress address, ChannelHandler connections) {
    InetSocketAddress resolved =
        address.isUnresolved()
            ? new InetSocketAddress(address.getHostString(), address.getPort())
            : address;
    if (resolved.isUnresolved()) {
      throw new BindFailure(address, "this host name is not known", new BindException());
    }
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(serverChannel)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(connections)
            .bind(resolved)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new BindFailure(address, why(bound.cause()), bound.cause());
    }
    return bound.channel();
  }

  private static String why(Throwable cause) {
    String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (message.contains("in use")) {
      return "another program listens there already";
    }
    if (message.contains("permission")) {
      return "ports below 1024 need root or CAP_NET_BIND_SERVICE";
    }
    if (message.contains("cannot assign") || message.contains("can't assign")) {
      return "this machine has no such address";
    }
    return String.valueOf(cause.getMessage());
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
