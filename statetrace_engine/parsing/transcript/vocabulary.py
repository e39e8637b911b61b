"""Pure. Words that every dialect has, in the order in which an abbreviation means them: `sh ip ro` is not `router`.

One line a node: the words above it, and what may follow.
"""

from __future__ import annotations

_SHOW = (
    "ip ipv6 interfaces interface version running-config startup-config configuration config bgp ospf ospf3 "
    "ospfv3 isis eigrp route router routing arp mac mac-address mac-address-table lldp cdp fdp logging log "
    "vlan vlans vrf inventory clock users spanning-tree module environment system platform processes "
    "chassis port-channel etherchannel standby hsrp vrrp bfd mpls ntp snmp history access-lists access-list "
    "neighbors trunk lag tech-support license redundancy stack policy-map class-map crypto authentication "
    "power controllers cef hosts hardware high-availability session counters device tacacs radius flash boot "
    "memory switch virtual-chassis "
)
NODES: dict[tuple[str, ...], str] = {
    (): "show display get do configure terminal exit quit end enable disable ping traceroute telnet ssh copy write "
    "clear debug undebug set request edit commit run sudo vtysh more skip-page-display no page admin",
    ("terminal",): "length width monitor pager",
    ("configure",): "terminal exclusive private",
    ("show",): _SHOW,
    (
        "show",
        "ip",
    ): "route interface bgp ospf eigrp arp protocols vrf access-lists access-list cef dhcp mroute nat pim rip sla "
    "prefix-list ssh static",
    ("show", "ipv6"): "route interface bgp ospf neighbors protocols eigrp rip access-list",
    ("show", "ip", "route"): "vrf summary static connected bgp ospf eigrp rip isis detail all-vrfs all",
    ("show", "ipv6", "route"): "vrf summary static connected bgp ospf detail all-vrfs all",
    ("show", "ip", "interface"): "brief vrf",
    ("show", "ipv6", "interface"): "brief vrf",
    ("show", "ip", "bgp"): "summary neighbors vpnv4 vrf all ipv4 ipv6 vpn unicast",
    ("show", "bgp"): "summary neighbors neighbor all all-vrfs ipv4 ipv6 vpnv4 vrf unicast instance group",
    ("show", "ip", "ospf"): "neighbors neighbor interface database border-routers vrf",
    ("show", "ipv6", "ospf"): "neighbors neighbor interface database",
    ("show", "ospf"): "neighbors neighbor interface database vrf",
    ("show", "ip", "arp"): "vrf detail",
    ("show", "arp"): "no-resolve all-vrfs vrf all",
    ("show", "interfaces"): "status brief description counters terse extensive detail switchport trunk transceiver",
    ("show", "interface"): "status brief description counters switchport trunk transceiver all",
    ("show", "interfaces", "counters"): "errors",
    ("show", "mac"): "address-table",
    ("show", "mac", "address-table"): "dynamic static vlan interface count",
    ("show", "mac-address-table"): "dynamic static vlan interface count",
    ("show", "lldp"): "neighbors neighbor neighbors-info info remote-device local-device",
    ("show", "lldp", "neighbors"): "detail",
    ("show", "cdp"): "neighbors entry interface",
    ("show", "cdp", "neighbors"): "detail",
    ("show", "route"): "summary detail extensive terse vrf ipv4 ipv6 table instance protocol all",
    ("show", "routing"): "route fib protocol summary",
    ("show", "running-config"): "interface all view full section",
    ("show", "log"): "messages last",
    ("show", "logging"): "last logfile onboard",
    ("show", "system"): "info uptime resources environment",
    ("show", "processes"): "cpu memory top",
    ("show", "memory"): "statistics",
    ("show", "environment"): "all temperature power fan cooling",
    ("show", "chassis"): "environment routing-engine hardware",
}
"""Full words; a dialect's own commands come before them."""
HARMLESS = frozenset(
    (
        "vrf", "all", "all-vrfs", "default", "detail", "details", "detailed", "brief", "no-more", "wide", "terse",
        "extensive", "logfile", "vrfs", "unicast", "ipv4", "ipv6", "instance", "table", "routing-instance",
        "virtual-router", "no-resolve", "sanitized",
    )
)  # fmt: skip
"""Words behind a known command that leave nothing out, and after `vrf` a name."""
NAMED = frozenset(("vrf", "instance", "table", "routing-instance", "virtual-router"))
FILTERS = frozenset(
    (
        "include", "inc", "i", "exclude", "exc", "e", "begin", "beg", "b", "section", "sec", "s", "grep", "egrep",
        "match", "except", "find", "last", "head", "tail", "awk", "sed", "until", "start-at", "trim",
    )
)  # fmt: skip
"""What after a pipe leaves lines out."""
