package dev.postern.web;

/**
 * What {@link RequestDecoder} hands on instead of a request that is not one. Nothing that follows
 * on the connection can be trusted to begin where it seems to: answer and close.
 */
public record Malformed(Problem problem) {}
