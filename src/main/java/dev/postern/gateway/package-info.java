/// The door: takes connections, asks the Doorkeeper about every request, and relays or explains.
///
/// Read [Gateway], then [GatewayState] and [Site]: what is served, to whom, from where. Each
/// request becomes a `Visit`; a `Relay` carries it to an [Upstream] and back, both ways with
/// back-pressure; an `InternalCall` hands it to a Java function. [AccessLog] gets one entry per
/// request.
///
/// Nothing here may admit anybody: admission is `access.Doorkeeper`'s alone, asked anew for each
/// request, on each HTTP/2 stream, and again while a stream lasts. Identity headers are written
/// here only, and inbound copies never pass.
///
/// Speaks RFC 9110 §7 (intermediaries), RFC 9112, RFC 9113, RFC 7239 (Forwarded), RFC 9440
/// (Client-Cert).
@NullMarked
package dev.postern.gateway;

import org.jspecify.annotations.NullMarked;
