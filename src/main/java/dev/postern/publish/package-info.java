/// What others need to judge our certificates, over plain HTTP: CRLs, OCSP answers, CA
/// certificates.
///
/// Read [PublicSite], which answers requests; [CrlSigning], which signs the lists that are due, and
/// [CrlPublisher], which does so at the right moments; [OcspService], whose answers are as new as
/// the ledger.
///
/// Plain HTTP is right here: everything is public and carries its own signature (RFC 5280 §8). So
/// nothing else may be answered here, and nothing may depend on who asks.
///
/// Speaks RFC 5280 §5 (CRLs), RFC 2585 (their media types), RFC 6960, 5019 and 9654 (OCSP), RFC
/// 9111 (caching).
@NullMarked
package dev.postern.publish;

import org.jspecify.annotations.NullMarked;
