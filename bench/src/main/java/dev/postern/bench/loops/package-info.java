/// Inner loops under JMH, in JVMs of their own: what a request or a certificate costs without TLS,
/// HTTP and disk. For whoever changes one of them; the table does not rest on these.
package dev.postern.bench.loops;
