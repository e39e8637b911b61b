"""Pure. An inventory to begin with, from what captures show and who else has spoken: `inventory.toml` as text.

Whatever a person must decide has a comment that begins with DECIDE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from statetrace_engine.model import names
from statetrace_engine.model.captured import CapturedPath, CapturedRoute
from statetrace_engine.model.text import sanitise
from statetrace_engine.reports.toml_words import Value, key, pair

MOST_SENDERS = 200


class DraftDevice(Struct, frozen=True, kw_only=True):
    """One device as its captures show it."""

    hostname: str
    site: str
    vendor: str = ""
    addresses: tuple[str, ...] = ()
    """Of its own interfaces."""
    routes: tuple[CapturedRoute, ...] = ()
    """Worth watching: its default routes."""


def text(devices: Sequence[DraftDevice], unknown_senders: Mapping[str, int] | None = None) -> str:
    """The whole file; devices by site and hostname, senders that are no device's by how much they said."""
    ordered = sorted(devices, key=lambda device: (device.site, device.hostname))
    blocks = [_HEAD, *_sites(dict.fromkeys(device.site for device in ordered))]
    for device in ordered:
        blocks.append("\n".join(_device(device)))
        blocks += ["\n".join(_route(route)) for route in device.routes]
    own = {address for device in ordered for address in (*device.addresses, device.hostname)}
    senders = {name: count for name, count in (unknown_senders or {}).items() if name not in own}
    if senders:
        blocks.append("\n".join(_senders(senders)))
    return "\n\n".join(blocks) + "\n"


_HEAD = """# Drafted by `statetrace inventory draft`. Read it, decide where it says DECIDE, save it as
# config/inventory.toml in your home, and run `statetrace config check`."""


def _sites(sites: Iterable[str]) -> Iterator[str]:
    for site in sites:
        yield "\n".join((
            f"[site.{key(site)}]",
            pair("owner", "", "DECIDE: of every route here that names no owner"),
            pair("contact", "", "DECIDE"),
        ))  # fmt: skip


def _device(device: DraftDevice) -> Iterator[str]:
    yield "[[device]]"
    yield pair("hostname", device.hostname)
    if device.site != names.site_of(device.hostname):
        yield pair("site", device.site)
    if device.vendor:
        yield pair("vendor", device.vendor)
    else:
        yield '# vendor = "cisco_ios"                     # DECIDE: the captures do not say'
    if device.addresses:
        yield pair("addresses", device.addresses, "DECIDE: keep those that it speaks from and that answer a ping")


def _route(route: CapturedRoute) -> Iterator[str]:
    yield "[[device.route]]"
    yield pair("prefix", route.prefix)
    if route.vrf != "default":
        yield pair("vrf", route.vrf)
    yield pair("class", "standard", "DECIDE: critical | standard | best-effort")
    primary = [_path(path) for path in route.paths if path.is_active and not names.is_discard(path.interface)]
    secondary = [_path(path) for path in route.paths if not path.is_active]
    if primary:
        yield pair("primary", primary[0] if len(primary) == 1 else primary, "DECIDE: as it was when captured")
    if secondary:
        yield pair("secondary", secondary)


def _path(path: CapturedPath) -> dict[str, Value]:
    words = (("next_hop", path.next_hop), ("interface", path.interface), ("protocol", path.protocol))
    return {name: word for name, word in words if word}


def _senders(senders: Mapping[str, int]) -> Iterator[str]:
    yield "# Who has spoken and is no device above. DECIDE: put the address to its device's, or write a device for it."
    loudest = sorted(senders.items(), key=lambda each: (-each[1], each[0]))
    for name, count in loudest[:MOST_SENDERS]:
        yield f"#   {sanitise(name, 100)}  {count} messages"
    if len(loudest) > MOST_SENDERS:
        yield f"#   and {len(loudest) - MOST_SENDERS} more"
