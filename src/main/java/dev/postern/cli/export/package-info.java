/// Our authority and rules for servers that stand already: Apache httpd, nginx, HAProxy, Caddy.
///
/// [Blueprint] is what there is to say, whatever the server; [ServerKind] has each server's way to
/// say it, and [Written] is what came of it: files, and remarks about what the server cannot say.
/// What it cannot say, it refuses.
@NullMarked
package dev.postern.cli.export;

import org.jspecify.annotations.NullMarked;
