/// Who is at the door, and may they pass?
///
/// The [Doorkeeper] takes a [PresentedChain], a [RequestTarget] and the time, and answers with an
/// [Admission]: admitted, with the [Rule] that said so, or denied, with a [Denial] that can be
/// explained to a person. [Trust] says whom the certificate names (an [Identity]), the [Directory]
/// whether that is a [User] of ours.
///
/// The verdict belongs to one request. A TLS connection proves possession of a private key and
/// nothing else, and a resumed one proves that somebody once did; so dates, user and rule are
/// looked at again each time, and only the signatures of the path are remembered.
///
/// Pure: no files, sockets, clock or randomness.
@NullMarked
package dev.postern.access;

import org.jspecify.annotations.NullMarked;
