"""What was captured at three sites: the data behind pictures and tests of the Captures and raw log screens."""

from __future__ import annotations

from fake_engine import NOW, FakeEngine

from statetrace_engine.model.capture_view import CaptureLine, CaptureSpot
from statetrace_engine.model.filed import CaptureSummary, SectionSummary

HOUR, DAY = 3600.0, 86400.0
_DEVICES = (
    ("BOYO", "BOYO-A01-AR-01", "cisco_ios", "ISR4331/K9", "16.09.04", 3 * HOUR, 14, 318, 0),
    ("BOYO", "BOYO-B02-AS-07", "ruckus_fastiron", "ICX7450-48", "08.0.95k", 31 * HOUR, 9, 512, 3),
    ("WLLS", "WLLS-A01-AR-01", "juniper_junos", "mx204", "21.4R3", 4 * DAY, 11, 96_412, 0),
    ("WLLS", "WLLS-A05-AS-55", "aruba_aoscx", "6300M", "FL.10.10", 23 * DAY, 7, 260, 18),
    ("YORK", "", "", "", "", 2 * HOUR, 1, 0, 41),
)
_SECTIONS = (
    ("show version", "version", 1, 0),
    ("show ip interface brief", "interfaces", 26, 0),
    ("show ip route", "routes", 214, 0),
    ("show ip bgp summary", "bgp_neighbors", 2, 0),
    ("show logging", "log", 75, 0),
)
TEXT = (
    "BOYO-A01-AR-01#show ip route",
    "Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP",
    "       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area",
    "Gateway of last resort is 10.5.1.2 to network 0.0.0.0",
    "",
    "B*    0.0.0.0/0 [20/0] via 10.5.1.2, 2d04h",
    "      10.0.0.0/8 is variably subnetted, 212 subnets, 4 masks",
    *(f"O        10.20.{n}.0/24 [110/20] via 10.5.9.2, 6d01h, GigabitEthernet0/0/2" for n in range(1, 60)),
    "odd line that no parser knows .[31mred",
    *(f"O        10.21.{n}.0/24 [110/20] via 10.5.9.2, 6d01h, GigabitEthernet0/0/2" for n in range(1, 60)),
)
MARKED, MISSED = 6, 67


def fill(engine: FakeEngine) -> FakeEngine:
    """The engine, with captures of five devices and the text of the first."""
    engine.captured = [
        CaptureSummary(
            capture_id=number, file_key=f"{number}", name=f"/srv/captures/{host or 'unnamed'}.log", member="",
            site=site, hostname=host, vendor=vendor, model=model, version=version, captured_at=NOW - age,
            is_device_time=True,
            ingested_at=NOW - 60, start=0, end=250_000, is_truncated=False, sections=sections, rows=rows,
            unparsed=missed,
        )
        for number, (site, host, vendor, model, version, age, sections, rows, missed) in enumerate(_DEVICES, start=1)
    ]  # fmt: skip
    engine.sections_of = {number: _sections(number) for number in range(1, len(_DEVICES) + 1)}
    engine.texts = {
        1: [
            CaptureLine(n, text, 80 * n, is_marked=n == MARKED, is_missed=n == MISSED)
            for n, text in enumerate(TEXT, start=1)
        ]
    }
    first = next(iter(engine.rows), "")
    engine.spots = {
        first: CaptureSpot(
            capture_id=1, name="/srv/captures/BOYO-A01-AR-01.log", text_start=400, text_end=442, start=1402, end=1444,
            command="show ip route",
        )
    }  # fmt: skip
    return engine


def _sections(capture_id: int) -> tuple[SectionSummary, ...]:
    return tuple(
        SectionSummary(
            capture_id=capture_id, position=position, command=command, kind=kind, start=position * 9000,
            end=position * 9000 + 8000, text_start=position * 8000, text_end=position * 8000 + 8000,
            is_truncated=position == 4, rows=rows, unparsed=missed, digest="",
        )
        for position, (command, kind, rows, missed) in enumerate(_SECTIONS)
    )  # fmt: skip
