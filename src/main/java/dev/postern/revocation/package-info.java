/// Is the certificate still good? Read [RevocationChecker] first: it takes a `VerifiedPath` and the
/// [Evidence] somebody fetched, CRLs as [CertificateList] and OCSP responses as [OcspResponse], and
/// answers with a [PathStatus]. What it cannot rely on says nothing; the caller decides what
/// unknown means.
///
/// Pure: no files, sockets, clock or randomness. Speaks RFC 5280 §5 and §6.3, RFC 6960, RFC 9608.
@NullMarked
package dev.postern.revocation;

import org.jspecify.annotations.NullMarked;
