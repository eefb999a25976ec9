/// Tests of mail: what it says, and whom it is handed to.
@NullMarked
package dev.postern.mail;

import org.jspecify.annotations.NullMarked;
