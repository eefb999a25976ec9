/// Postern and its peers, each as its manual would have it: one listener with TLS that asks for
/// client certificates, four headers that say who came, an access log in a file, and one back end.
///
/// A peer is given as little to do as possible: one CA, trusted directly, no CRL. Postern does all
/// that it does: path, revocation, user, rule.
package dev.postern.bench.servers;
