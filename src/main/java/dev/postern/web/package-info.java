/// Listeners, TLS by host, HTTP at the edge, and pages: what every server of Postern shares.
///
/// A connection meets [TlsHosts] first (which certificate to show, whether to ask for one, by SNI),
/// then [RequestDecoder] and [RequestGuard] (what is not unmistakably HTTP is refused), and
/// whatever is refused is told as a [Problem]. Java functions answer requests through [Exchange] →
/// [Reply].
///
/// This room holds no private key: a host's identity comes in as a `KeyManagerFactory`. It never
/// decides who may pass; the Doorkeeper does, per request.
///
/// Speaks RFC 9110 (HTTP semantics), RFC 9112 (HTTP/1.1), RFC 9457 (problem details), RFC 6066 §3
/// (SNI), RFC 8446 (TLS 1.3).
@NullMarked
package dev.postern.web;

import org.jspecify.annotations.NullMarked;
