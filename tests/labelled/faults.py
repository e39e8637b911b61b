"""What can break, how often it is drawn, and what happens beside it that is no cause."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from statetrace_engine.simulate.messages import Event
from tests.labelled import broken_devices as devices
from tests.labelled import broken_links as links
from tests.labelled import broken_routing as routing
from tests.labelled.account import Fault, Make, Telling
from tests.labelled.ground import Ground

OUTAGES: tuple[tuple[Make, float], ...] = (
    (links.cut, 3.0),
    (links.cut_beside_a_shut_spare, 1.0),
    (routing.cleared, 1.0),
    (devices.site_dead, 1.5),
    (links.cut_one_way, 1.0),
    (links.shut_here, 2.0),
    (links.shut_there, 2.0),
    (routing.neighbour_shut_here, 1.5),
    (routing.neighbour_shut_there, 1.5),
    (routing.max_prefix, 1.0),
    (routing.hold_timer, 1.5),
    (routing.bad_key, 1.0),
    (routing.daemon_hung, 1.0),
    (routing.graceful_restart, 0.7),
    (routing.remote_as, 1.5),
    (routing.filter_applied, 1.5),
    (routing.static_removed, 2.0),
    (routing.route_gone, 2.5),
    (routing.static_captured, 1.0),
    (links.middle_lost, 2.5),
    (links.blackhole, 2.0),
    (links.beyond_lost, 1.0),
    (routing.withdrawn, 3.0),
    (links.congested, 2.5),
    (devices.device_dead, 2.0),
    (devices.device_reloads, 1.5),
)
"""What opens outages, and how often it is drawn."""
SHAMS: tuple[tuple[Make, float], ...] = (
    (devices.management_lost, 1.0),
    (devices.isolated, 1.0),
    (devices.source_dead, 1.5),
    (links.target_silent, 1.0),
    (links.spare_cut, 1.0),
)
"""What must open none."""


def decoy(ground: Ground, rng: Random, fault: Fault) -> None:
    """Somebody configures another port of a device that is concerned, or one of its ports flaps: neither is a cause.
    What has lost its power says nothing after that."""
    for end in fault.ends[:2]:
        near = rng.choice((end, end.other))
        telling = Telling(ground, rng, "", None)
        if rng.random() < 0.5:
            telling.commands(near, -rng.uniform(4.0, 10.0), "interface GigabitEthernet0/44")
        else:
            other = {"interface": "GigabitEthernet0/44", "port": "GigabitEthernet0/44"}
            telling.says(-rng.uniform(0.5, 8.0), near, Event.LINK_DOWN, None, **other)
        spoken = (said for said in telling.fault.said if said.after_s < 0 or said.host not in fault.dead)
        fault.said += [replace(said, clue=None) for said in spoken]
