package dev.postern.architecture.violations.web;

import javax.net.ssl.TrustManager;

/** Ends in a banned suffix because JSSE does. */
record PinnedTrustManager() implements TrustManager {}
