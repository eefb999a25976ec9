/// What Postern remembers: certificates, users, groups and what happened to them.
///
/// [SqlLedger] opens one SQLite file and is the authority's [dev.postern.authority.Ledger];
/// [Users], [Revocations] and [Events] are its other faces. [UserDirectory] and
/// [RevokedCertificates] answer the gateway from memory, [KnownStatuses] the OCSP responder, and
/// [LedgerWatch] tells when another process has written.
///
/// Every write is one transaction with its event in it, and is on the disk when the method returns.
/// What cannot be written is one [dev.postern.authority.Ledger.LedgerUnavailable] with a sentence
/// that names the file; the file is then as it was before.
///
/// It never holds a private key or a passphrase, and never deletes a user, a certificate or an
/// event.
@NullMarked
package dev.postern.ledger;

import org.jspecify.annotations.NullMarked;
