/// The console on `admin.<domain>`: a REST API below `/api/v1`, and pages for people.
///
/// [Console] answers; [ConsoleServices] is all it knows of the rest. Both faces use the same verbs:
/// [People] for users, [dev.postern.ledger.Revocations] for certificates.
///
/// The site's rules decide who gets here; this room looks a second time: nothing is written but by
/// a member of `postern-admins`. It has no SQL of its own, and no script that a page needs.
///
/// Speaks RFC 9457 (problem details), RFC 9110 §13 (If-Match), draft-ietf-httpapi-idempotency-key.
@NullMarked
package dev.postern.console;

import org.jspecify.annotations.NullMarked;
