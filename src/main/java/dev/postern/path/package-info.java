/// Can this certificate be believed? Path building and validation after RFC 5280 §6.
///
/// [PathValidator] takes a leaf, whatever else was presented, the [TrustAnchor]s and the
/// [PathRules], and answers with a [VerifiedPath], which nobody else can make, or with a
/// [PathProblem]: a stable code, the certificate it concerns, and the evidence.
///
/// [PathBuilder] looks for paths upwards from the leaf; [PathChecker] judges each, step by step in
/// the order of §6.1, with [CertificateRules] and [ExtensionRules] for what §4 asks of one
/// certificate, [PurposeRules], [NameConstraints], [PolicyState] and [PeerNames] for the rest.
/// [Budget] bounds the work, whatever a stranger sends.
///
/// It does not look at revocation, and never at the common name.
///
/// Pure: no files, sockets, threads, clock or randomness.
///
/// Speaks RFC 5280 with its updates 6818, 9549 (internationalised names), 9598 (internationalised
/// mail) and 9618 (policy graph), RFC 9525 (names of servers), RFC 4158 (path building), and under
/// [PathProfile#WEBPKI] the parts of the CA/Browser Forum's Baseline Requirements that a verifier
/// can see. There is no list of public suffixes: a wildcard below `co.uk` passes.
@NullMarked
package dev.postern.path;

import org.jspecify.annotations.NullMarked;
