/// Certificates, names, requests and keys as values.
///
/// This room turns bytes into values once, at the edge, and refuses what is not DER or not the
/// structure the standard names. Read [Certificate] first, then [DistinguishedName], [GeneralName],
/// [SubjectPublicKey] and [CertificationRequest]; [Pem] is the text form around all of them.
///
/// It is pure: no files, sockets, threads, clock or randomness, and it never holds a private key.
///
/// Speaks RFC 5280 (certificates), RFC 2986 (requests), RFC 7468 (text form), RFC 4514 (names as
/// text).
@NullMarked
package dev.postern.x509;

import org.jspecify.annotations.NullMarked;
