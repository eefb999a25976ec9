package dev.postern.console;

import java.time.Instant;

/** What the template {@code invited.jte} shows, once. */
public record InvitedPage(
    String name, String address, String link, String qrCode, Instant expires) {}
