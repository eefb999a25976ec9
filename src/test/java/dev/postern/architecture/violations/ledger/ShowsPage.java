package dev.postern.architecture.violations.ledger;

import dev.postern.architecture.violations.templates.JtePage;

/** A page where no page is shown. */
record ShowsPage(JtePage page) {}
