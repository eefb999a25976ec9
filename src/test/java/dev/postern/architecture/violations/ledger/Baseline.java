package dev.postern.architecture.violations.ledger;

import java.util.List;

/** Looks like a banned name and is none. */
record Baseline(List<String> lines) {}
