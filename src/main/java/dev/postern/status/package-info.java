/// What other authorities say of their certificates: CRLs and OCSP answers, fetched ahead of need
/// and kept.
///
/// [ForeignStatus] answers the Doorkeeper from memory. [CrlSource] is one list, from a file or an
/// address; [OcspAnswers] asks responders; [HttpFetch] is the only one who opens a connection, and
/// [AddressRules] says where to.
///
/// Never blocks an event loop, never follows a redirection, and never calls good what it does not
/// know. Speaks RFC 5280 §6.3, RFC 6960 and RFC 5019.
@NullMarked
package dev.postern.status;

import org.jspecify.annotations.NullMarked;
