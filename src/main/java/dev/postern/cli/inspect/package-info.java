/// What is in this file? Certificates, requests, CRLs, keys and PKCS#12 files in plain words, with
/// what is wrong with them.
///
/// [Inspector] tells the kinds apart; each `…Findings` class knows one.
@NullMarked
package dev.postern.cli.inspect;

import org.jspecify.annotations.NullMarked;
