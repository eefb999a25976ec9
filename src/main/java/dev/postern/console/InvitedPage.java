package dev.postern.console;

import java.time.Instant;

/**
 * What the template {@code invited.jte} shows, once.
 *
 * @param withdrawal where the form goes that takes it back
 */
public record InvitedPage(
    String name, String address, String withdrawal, String link, String qrCode, Instant expires) {}
