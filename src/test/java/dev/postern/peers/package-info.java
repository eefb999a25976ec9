/// Postern beside programs we did not write: curl, OpenSSL, GnuTLS, NSS, nginx, node, Chromium. Run
/// by `./postern test`.
@NullMarked
package dev.postern.peers;

import org.jspecify.annotations.NullMarked;
