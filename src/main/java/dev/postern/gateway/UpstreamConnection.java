package dev.postern.gateway;

/** A fresh connection: for one exchange after the other, or for many at once. */
sealed interface UpstreamConnection permits Http1Exchange, Http2Upstream {}
