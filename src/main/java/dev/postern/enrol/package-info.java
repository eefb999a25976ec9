/**
 * A certificate for a device: invitations, the page that makes the key and the file, and what
 * people with a certificate look after themselves. The private key is made on the device and stays
 * there.
 *
 * <p>Start at {@link dev.postern.enrol.Enrolment}.
 */
@NullMarked
package dev.postern.enrol;

import org.jspecify.annotations.NullMarked;
