package dev.postern.architecture.violations.templates;

/** Stands for generated code. */
public record JtePage() {}
