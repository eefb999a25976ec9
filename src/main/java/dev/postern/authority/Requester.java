package dev.postern.authority;

/**
 * Who asked: {@code cli:root@host}, {@code gateway}, a user's name. For the record, not for
 * deciding.
 */
public record Requester(String name) {}
