/// Is the certificate still good? Certificate revocation lists as values; status and OCSP come with
/// the revocation issue.
///
/// Pure: no files, sockets, clock or randomness. Speaks RFC 5280 §5.
@NullMarked
package dev.postern.revocation;

import org.jspecify.annotations.NullMarked;
