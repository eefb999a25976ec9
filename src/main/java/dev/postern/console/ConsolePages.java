package dev.postern.console;

import dev.postern.web.Assets;
import dev.postern.web.Pages;
import dev.postern.web.Routes;

/** The pages for people. */
final class ConsolePages {
  private final Assets assets = Assets.of(ConsolePages.class, "console.css", "copy.js");
  private final OverviewPages overview;
  private final CertificatePages certificates;
  private final UserPages users;

  ConsolePages(ConsoleServices services, Pages pages) {
    Screen screen = new Screen(services.name(), assets, pages);
    this.overview = new OverviewPages(services, screen);
    this.certificates = new CertificatePages(services, screen);
    this.users = new UserPages(services, screen);
  }

  void addTo(Routes.Builder routes) {
    assets.servedBy(routes);
    overview.addTo(routes);
    certificates.addTo(routes);
    users.addTo(routes);
  }
}
