/// What is counted, for whoever watches over Postern: [Metrics] holds the meters (Micrometer), and
/// [StatusSite] tells them at `/metrics`, beside `/healthz` and `/readyz`.
///
/// No meter is labelled by a person, a certificate, an address or a path: those would be without
/// number, and are nobody's business. They are in the access log and the console.
@NullMarked
package dev.postern.metrics;

import org.jspecify.annotations.NullMarked;
