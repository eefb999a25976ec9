package dev.postern.gateway;

import dev.postern.access.Doorkeeper;
import dev.postern.access.RequestTarget;
import dev.postern.web.Pages;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@link GatewayState} ready for looking things up. */
record Snapshot(Map<String, Place> places, Doorkeeper doorkeeper, Pages.Ways ways) {
  /** A site, and the running side of its upstream if it has one. */
  record Place(Site site, @Nullable Origin origin) {}

  static Snapshot of(GatewayState state, Origins origins) {
    Map<String, Place> places = new HashMap<>();
    for (Site site : state.sites()) {
      Origin origin =
          switch (site.destination()) {
            case Site.Destination.Relayed(Upstream upstream) -> origins.of(upstream);
            case Site.Destination.Internal _ -> null;
          };
      places.put(site.host(), new Place(site, origin));
    }
    return new Snapshot(Map.copyOf(places), state.doorkeeper(), state.ways());
  }

  /** For who is refused there. */
  Pages.Ways ways(@Nullable Place place, @Nullable RequestTarget target) {
    return place != null
            && target != null
            && place.site().destination() instanceof Site.Destination.Internal(var handler, _)
            && handler.greets(target.path())
        ? ways.fromEnrolment()
        : ways;
  }
}
