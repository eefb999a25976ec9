/// The load: TLS clients with certificates of their own, HTTP/1.1 and HTTP/2, on one thread.
///
/// Netty and BoringSSL, so that a client costs no more than the server. A client shows thousands of
/// certificates in turn, never resumes a session, and counts no answer but the wanted one. HTTP is
/// read with as little work as finds its end: [Http1Client], [Http2Client].
package dev.postern.bench.load;
