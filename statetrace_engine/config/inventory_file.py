"""`inventory.toml` → Inventory: sites, devices, watched routes, probes and maintenance (SPEC 10)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from hashlib import blake2b
from ipaddress import ip_network

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.config import interfaces, probe_tables
from statetrace_engine.config.addresses import address_problem, agent_problem
from statetrace_engine.config.homes import ConfigFile
from statetrace_engine.config.problems import Problems, Table, described
from statetrace_engine.health.policy import Policy
from statetrace_engine.model import Epoch, ids, names
from statetrace_engine.model.inventory import Device, Inventory, Maintenance, Probe, Site
from statetrace_engine.model.route import Role, RouteClass, RoutePath, RouteRecord
from statetrace_engine.runbooks import vendors

VENDORS = tuple(vendors.NAMES)
PROTOCOLS = (
    "connected", "local", "static", "ospf", "bgp", "eigrp", "isis", "rip", "odr", "kernel", "nhrp", "lisp", "mobile",
    "aggregate",
)  # fmt: skip
_PROTOCOL_ALIASES = {
    "ebgp": "bgp", "ibgp": "bgp", "is-is": "isis", "ospfv3": "ospf", "ospf3": "ospf", "direct": "connected",
}  # fmt: skip
_CLASSES = tuple(str(route_class) for route_class in RouteClass)
_TOP = frozenset(("site", "device", "maintenance"))
_SITE = frozenset(("owner", "contact", "exits"))
_DEVICE = frozenset(("hostname", "site", "vendor", "addresses", "aliases", "snmp", "snmp_address", "route", "probe"))
_ROUTE = frozenset((
    "prefix", "vrf", "class", "owner", "contact", "runbook", "circuit", "carrier", "carrier_contact", "primary",
    "secondary",
))  # fmt: skip
_PATH = frozenset(("next_hop", "interface", "protocol", "learned_from", "admin_distance", "metric", "tag"))
_WINDOW = frozenset(("scope", "start", "end", "reason"))
KEYS = {"": _TOP, "site": _SITE, "device": _DEVICE, "device.route": _ROUTE, "path": _PATH, "maintenance": _WINDOW}
"""Every key that an inventory may hold, by table; probes' are in `probe_tables`."""


class Known(Struct, frozen=True, kw_only=True):
    """What an inventory may refer to."""

    runbooks: Collection[str] = ()
    snmp: Collection[str] = ()


class Asked(Struct, frozen=True):
    """How devices are asked by SNMP, by hostname."""

    profiles: dict[str, str]
    addresses: dict[str, str]
    """Where, if not at the first of its addresses: an address, or `ADDRESS:PORT`."""
    minor: tuple[str, ...] = ()
    """Problems with which the inventory can be used all the same: a route then has the runbook of its cause."""


def read(file: ConfigFile, policy: Policy, known: Known) -> tuple[Inventory, Asked, list[str]]:
    """The inventory, how its devices are asked, and every problem of the file."""
    reader = _Reader(Problems(file), policy, known)
    inventory = reader.inventory()
    return inventory, Asked(reader.snmp, reader.snmp_addresses, tuple(reader.problems.minor())), reader.problems.lines()


class _Reader:
    """One pass over the file; remembers what must be unique."""

    def __init__(self, problems: Problems, policy: Policy, known: Known) -> None:
        self.problems = problems
        self.policy = policy
        self.known = known
        self.snmp: dict[str, str] = {}
        self.snmp_addresses: dict[str, str] = {}
        self.sites: dict[str, Site] = {}
        self.devices: dict[str, Device] = {}
        self.routes: dict[str, RouteRecord] = {}
        self.probes: dict[str, Probe] = {}
        self._names: dict[str, str] = {}
        """Hostnames and aliases, and whose they are."""
        self._addresses: dict[tuple[str, str], str] = {}
        """(site, address) → whose: sites may be numbered alike."""
        self._windows: set[str] = set()
        self._templates: dict[tuple[int, Role, str], RoutePath] = {}

    def inventory(self) -> Inventory:
        root = Table(self.problems.document(), (), self.problems)
        root.only(_TOP)
        sites = root.table("site")
        tables = [sites.table(name) for name in sites.values]
        for table in tables:
            self._site(table)
        for table in root.tables("device"):
            self._device(table)
        for table in tables:
            self._exits(table)
        windows = [window for table in root.tables("maintenance") if (window := self._window(table))]
        return Inventory(
            sites=tuple(self.sites.values()),
            devices=tuple(self.devices.values()),
            routes=tuple(self.routes.values()),
            probes=tuple(self.probes.values()),
            maintenance=tuple(windows),
        )

    def _site(self, table: Table) -> None:
        table.only(_SITE)
        name = str(table.key[-1]).upper()
        if name in self.sites:
            table.bad("", f"site {name} is already there")
        self.sites[name] = Site(name=name, owner=table.text("owner"), contact=table.text("contact"))

    def _exits(self, table: Table) -> None:
        found = tuple(
            route_id for text in table.strings("exits") if (route_id := self._route_named(text, (*table.key, "exits")))
        )
        site = self.sites[str(table.key[-1]).upper()]
        self.sites[site.name] = Site(name=site.name, owner=site.owner, contact=site.contact, exits=found)

    def _device(self, table: Table) -> None:
        table.only(_DEVICE)
        hostname = self._hostname(table)
        site = table.text("site").upper() or names.site_of(hostname)
        self.sites.setdefault(site, Site(name=site))
        device = Device(
            hostname=hostname,
            site=site,
            vendor=table.choice("vendor", VENDORS, "") if "vendor" in table.values else "",
            addresses=self._own_addresses(table, hostname, site),
            aliases=tuple(names.hostname(alias) for alias in table.strings("aliases")),
        )
        self.devices[hostname] = device
        for field, name in (("hostname", hostname), *(("aliases", alias) for alias in device.aliases)):
            if (owner := self._names.setdefault(name, hostname)) != hostname:
                table.bad(field, f"{name} is already a name of {owner}")
        self._snmp(table, hostname)
        routes = [self._route(part, device) for part in table.tables("route")]
        for probe in probe_tables.read(table, device, routes, self.policy):
            self.probes[probe.probe_id] = probe

    def _hostname(self, table: Table) -> str:
        """What stands in for a name that cannot be used lets the rest of the device be checked all the same."""
        hostname = names.hostname(table.text("hostname"))
        if not hostname or not hostname.isprintable() or any(character.isspace() for character in hostname):
            table.bad("hostname", "a device needs a hostname without spaces and control characters")
            return f"?{table.key[-1]}"
        if hostname in self.devices:
            table.bad("hostname", f"{hostname} is already there")
        return hostname

    def _own_addresses(self, table: Table, hostname: str, site: str) -> tuple[str, ...]:
        found: list[str] = []
        for index, text in enumerate(table.strings("addresses")):
            key = (*table.key, "addresses", index)
            if wrong := address_problem(text):
                self.problems.add(key, wrong)
                continue
            address = names.address(text)
            owner = self._addresses.setdefault((site, address), hostname)
            if owner != hostname and not _is_loopback(address):
                self.problems.add(key, f"{address} is already an address of {owner}")
            found.append(address)
        return tuple(dict.fromkeys(found))

    def _snmp(self, table: Table, hostname: str) -> None:
        profile, where = table.text("snmp"), table.text("snmp_address")
        if where:
            if wrong := agent_problem(where) or ("" if profile else "there is no profile to ask with: snmp is missing"):
                table.bad("snmp_address", wrong)
            self.snmp_addresses[hostname] = where
        if not profile:
            return
        if profile not in self.known.snmp:
            table.bad("snmp", f"no [snmp.{profile}] in statetrace.toml", profile, self.known.snmp)
        self.snmp[hostname] = profile

    def _route(self, table: Table, device: Device) -> RouteRecord:
        """Of one whose prefix is wrong as well, so that its paths are checked, and the probes that name them."""
        table.only(_ROUTE)
        vrf = names.vrf(table.text("vrf"))
        prefix = self._prefix(table)
        route_id = ids.route_id(device.site, device.hostname, vrf, prefix or "0.0.0.0/0")
        if prefix and route_id in self.routes:
            table.bad("prefix", f"{prefix} of {device.hostname} in vrf {vrf} is already there")
        site = self.sites[device.site]
        owner = table.text("owner")
        route = RouteRecord(
            route_id=route_id,
            site=device.site,
            hostname=device.hostname,
            vrf=vrf,
            prefix=prefix or "0.0.0.0/0",
            route_class=RouteClass(table.choice("class", _CLASSES, RouteClass.STANDARD)),
            owner=owner or site.owner,
            # The site's contact answers for the site's owner only.
            contact=table.text("contact") or ("" if owner else site.contact),
            runbook=self._runbook(table),
            circuit=table.text("circuit"),
            carrier=table.text("carrier"),
            carrier_contact=table.text("carrier_contact"),
            paths=self._paths(table, route_id, device.vendor),
        )
        if prefix:
            self.routes.setdefault(route_id, route)
        return route

    def _prefix(self, table: Table) -> str:
        """Empty, and a problem, when it is none."""
        try:
            return names.prefix(table.text("prefix"))
        except ValueError:
            table.bad("prefix", f"{table.values.get('prefix', '')!r} is not a prefix such as 10.0.0.0/8")
            return ""

    def _runbook(self, table: Table) -> str:
        name = table.text("runbook")
        if name and name not in self.known.runbooks:
            self.problems.add_minor((*table.key, "runbook"), f"no runbook {name!r}", name, self.known.runbooks)
        return name

    def _paths(self, table: Table, route_id: str, vendor: str) -> tuple[RoutePath, ...]:
        found: dict[str, RoutePath] = {}
        for role in Role:
            for part in table.tables(role.value):
                path = self._path(part, role, route_id, vendor)
                if path.path_id in found:
                    part.bad("", "the same path is already there")
                found.setdefault(path.path_id, path)
        return tuple(found.values())

    def _path(self, table: Table, role: Role, route_id: str, vendor: str) -> RoutePath:
        """Paths that read the same are one table (see `toml_text`): it is checked once."""
        same = (id(table.values), role, vendor)
        template = self._templates.get(same)
        if template is None:
            before = len(self.problems)
            template = _path(table, role, vendor)
            if len(self.problems) == before:
                self._templates[same] = template
        path_id = ids.path_id(route_id, template.protocol or "", template.next_hop, template.interface)
        return replace(template, path_id=path_id)

    def _window(self, table: Table) -> Maintenance | None:
        table.only(_WINDOW)
        scope = self._scope(table.table("scope"))
        starts_at, ends_at = _moment(table, "start"), _moment(table, "end")
        if starts_at is None or ends_at is None:
            return None
        if ends_at <= starts_at:
            table.bad("end", "the window ends before it starts")
            return None
        if scope is None:
            return None
        kind, name = scope
        digest = blake2b(f"{kind}|{name}|{starts_at}|{ends_at}".encode(), digest_size=6).hexdigest()
        if digest in self._windows:
            table.bad("", "the same window is already there")
        self._windows.add(digest)
        return Maintenance(
            maintenance_id=f"mw-{digest}",
            starts_at=starts_at,
            ends_at=ends_at,
            reason=table.text("reason"),
            site=name if kind == "site" else "",
            hostname=name if kind == "device" else "",
            route_id=name if kind == "route" else "",
        )

    def _scope(self, table: Table) -> tuple[str, str] | None:
        table.only(frozenset(("site", "device", "route")))
        if len(table.values) != 1:
            table.bad("", "a scope names one of site, device, route")
            return None
        ((kind, _),) = table.values.items()
        name = table.text(kind)
        if kind == "route":
            route_id = self._route_named(name, (*table.key, kind))
            return ("route", route_id) if route_id else None
        known = self.sites if kind == "site" else self._names
        canonical = name.upper() if kind == "site" else names.hostname(name)
        if kind in ("site", "device") and canonical not in known:
            table.bad(kind, f"no {kind} {name!r}", name, known)
            return None
        return (kind, canonical) if kind == "site" else (kind, self._names.get(canonical, canonical))

    def _route_named(self, text: str, key: tuple[str | int, ...]) -> str:
        """`HOSTNAME PREFIX [VRF]`, or a route's id → its id; empty, and a problem, when there is none."""
        if text in self.routes:
            return text
        host, _, rest = text.strip().partition(" ")
        prefix, _, vrf = rest.strip().partition(" ")
        hostname = self._names.get(names.hostname(host), "")
        try:
            canonical = names.prefix(prefix)
        except ValueError:
            self.problems.add(key, f"{text!r} is not HOSTNAME PREFIX [VRF], nor the id of a watched route")
            return ""
        site = self.devices[hostname].site if hostname else ""
        route_id = ids.route_id(site, hostname, names.vrf(vrf.strip()), canonical)
        if route_id in self.routes:
            return route_id
        watched = [
            f"{route.hostname} {route.prefix}" for route in self.routes.values() if route.site == site or not hostname
        ]
        self.problems.add(key, f"no watched route {text!r}", text, watched[:1000])
        return ""


def _path(table: Table, role: Role, vendor: str) -> RoutePath:
    """Without its id, which depends on the route."""
    table.only(_PATH)
    if not table.values:
        table.bad("", "a path names at least one of " + ", ".join(sorted(_PATH)))
    next_hop = _address(table, "next_hop")
    interface = table.text("interface")
    if interface and (wrong := interfaces.problem(interface, vendor)):
        table.bad("interface", wrong)
    interface = names.interface(interface, vendor) if interface else ""
    if next_hop.lower().startswith("fe80:") and not interface:
        table.bad("next_hop", "a link-local next hop needs its interface")
    protocol = _protocol(table)
    return RoutePath(
        path_id="",
        role=role,
        next_hop=next_hop or None,
        interface=interface or None,
        protocol=protocol or None,
        learned_from=_neighbours(table),
        admin_distance=table.integer("admin_distance", None, 0, 255),
        metric=table.integer("metric", None, 0, 2**32 - 1),
        tag=table.integer("tag", None, 0, 2**32 - 1),
    )


def _address(table: Table, name: str) -> str:
    text = table.text(name)
    if not text:
        return ""
    if wrong := address_problem(text):
        table.bad(name, wrong)
        return ""
    return names.address(text)


def _neighbours(table: Table) -> tuple[str, ...]:
    found = []
    for text in table.strings("learned_from") if "learned_from" in table.values else ():
        if wrong := address_problem(text):
            table.bad("learned_from", wrong)
        else:
            found.append(names.address(text))
    return tuple(found)


def _protocol(table: Table) -> str:
    text = table.text("protocol").lower()
    protocol = _PROTOCOL_ALIASES.get(text, text)
    if protocol and protocol not in PROTOCOLS:
        table.bad("protocol", f"{text!r} is no routing protocol known here", text, PROTOCOLS)
        return ""
    return protocol


def _moment(table: Table, name: str) -> Epoch | None:
    value = table.values.get(name)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.timestamp()
    if isinstance(value, datetime | date):
        table.bad(name, f"{value} has no offset; write 2026-12-01T22:00:00Z")
    else:
        table.bad(name, f"expected a date and time such as 2026-12-01T22:00:00Z, got {described(value)}")
    return None


def _is_loopback(address: str) -> bool:
    """Simulated devices share the loopback network."""
    return ip_network(address.partition("%")[0]).is_loopback
