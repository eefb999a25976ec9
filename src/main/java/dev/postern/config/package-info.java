/// The YAML file becomes validated records, or a list of everything that is wrong with it.
///
/// [ConfigFile] reads a file and answers with a [PosternConfig] or with every [ConfigProblem] at
/// once, each with its line. The comments of the records are the reference of the keys: read
/// [PosternConfig], [SiteConfig], [TrustConfig]. [SampleConfig] is what `postern init` writes.
///
/// Strict on purpose: an unknown key, a key twice or a key without a value is a problem, for a rule
/// that is misread is a door that stands open. Secrets are paths here, never values; the files
/// behind the paths are looked at by the caller's [FileCheck], or not at all.
@NullMarked
package dev.postern.config;

import org.jspecify.annotations.NullMarked;
