"""`statetrace report`: how fast captures came in, by this home's telemetry; what the engine hears, sees, misses."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Any  # JSON

from statetrace_engine.model import monitors
from statetrace_engine.model.monitors import Monitors, Voice
from statetrace_engine.model.text import sanitise
from statetrace_engine.reports import ingestion
from statetrace_engine.reports.ingestion import SiteIngestion, Spread
from statetrace_engine.telemetry import Telemetry
from statetrace_tui.commands import answers, homes, json_form, output, report_diffs, report_launch
from statetrace_tui.present.words import count

DAY_S = 86400.0


def run(options: argparse.Namespace) -> int:
    return {
        "monitors": _monitors,
        "ingestion": _ingestion,
        "diffs": report_diffs.run,
        "launch-metrics": report_launch.run,
    }[options.action](options)


def _monitors(options: argparse.Namespace) -> int:
    home = homes.asked(options)
    found = answers.monitors(home.path)
    if options.json:
        output.document(json_form.monitors(found))
    else:
        _say(found)
    return 0


def _say(found: Monitors) -> None:
    """The same as JSON, for people, less what only machines want."""
    if not found.is_live:
        print("No engine runs: this is what the store knows.\n")
    if found.voices:
        output.table(
            ("SOURCE", "", "STATE", "PER S", "IN A MINUTE", "RECEIVED", "LAST HEARD"), map(_voice, found.voices)
        )
        for voice in found.voices:
            if voice.error:
                print(f"{voice.name}: {sanitise(voice.error)}")
        print()
    output.table(("ROUTES", ""), ((str(each.concern), str(each.count)) for each in found.concerns))
    today = found.conflicts
    rate = (
        f"{today.ratio:.1%}, {today.conflicting} of {today.windows} windows" if today.windows else "nothing to compare"
    )
    print(f"\nConflict rate today: {rate}")
    used = found.runbooks
    if used.outages:
        share = f"{used.by_generic} of {used.outages} outages of 24 h, {used.unknown} of them of unknown cause"
        print(f"Served by the generic runbook: {share}; by runbooks worked {used.worked}")
    for each in today.now:
        print(f"  {sanitise(each.text)}, since {output.local(each.since_at)}")
    for card in found.cards:
        print(f"Card: {sanitise(card.text)}, since {output.local(card.first_at)}")
    for rule, why in found.rules_off.items():
        print(f"Rule {sanitise(rule, 80)} is switched off: {sanitise(why)}")
    if found.rules_skipped:
        print(f"{count(found.rules_skipped, 'message')} of floods: no rule looked at them")
    for name, number in found.unknown_senders.items():
        print(f"Unknown sender {sanitise(name, 60)}: {count(number, 'message')}")
    for address, hosts in found.shared_addresses.items():
        print(f"Address {address} is claimed by {', '.join(hosts)}: what comes from it counts only with its name")
    if found.is_live:
        backlog = found.backlog
        dropped = sum(backlog.dropped.values())
        waiting, lost = count(backlog.waiting, "signal waits", "signals wait"), count(dropped, "was", "were")
        print(f"{waiting}, {lost} dropped; {backlog.journal} are not on disk yet")
        print(f"{count(found.unheard, 'device has', 'devices have')} never said anything")
    print()
    output.table(("LATENCY, s", "TODAY p50/p95/max", "LAST 50"), _late(found))


def _voice(voice: Voice) -> tuple[str, ...]:
    rates = ("-" if per_s is None else f"{per_s:.1f}" for per_s in (voice.per_s, voice.per_s_minute))
    return (voice.name, voice.detail, voice.state, *rates, str(voice.received), output.local(voice.last_at))


def _late(found: Monitors) -> Iterator[tuple[str, str, str]]:
    for name, part in (
        ("occurrence to signal", "signal"),
        ("signal to outage", "evaluation"),
        ("outage to notice", "notice"),
        ("outage to glass", "glass"),
    ):
        today, recent = (getattr(late, part) for late in (found.today, found.recent))
        yield name, _seconds(today), _seconds(recent)


def _seconds(of: monitors.Spread | None) -> str:
    return f"{of.p50:.2f} / {of.p95:.2f} / {of.max:.2f}" if of else "-"


def _ingestion(options: argparse.Namespace) -> int:
    home = homes.asked(options)
    events = Telemetry(home.path / "logs", time.time).events(ingestion.EVENTS, time.time() - options.days * DAY_S)
    found = ingestion.of(events)
    if options.json:
        output.document({"days": options.days, "sites": [_json(site) for site in found]})
    elif found:
        header = ("SITE", "FILES", "SKIPPED", "ROWS", "PARSE p50/p95/max ms", "WRITE p50/p95/max ms", "NOT UNDERSTOOD")
        output.table(header, map(_row, found))
    else:
        homes.say_empty(home, f"Nothing was ingested in the last {options.days} days.")
    return 0


def _row(site: SiteIngestion) -> tuple[str, ...]:
    skipped = f"{site.skipped} ({site.skipped_ratio:.0%})"
    words = (_words(site.parse_ms), _words(site.write_ms))
    return (site.site, str(site.files), skipped, str(site.rows), *words, f"{site.unparsed} lines")


def _words(of: Spread | None) -> str:
    return f"{of.p50:.1f} / {of.p95:.1f} / {of.max:.1f}" if of else "-"


def _json(site: SiteIngestion) -> dict[str, Any]:
    return {
        "site": None if site.site == "*" else site.site,
        "files": site.files,
        "skipped": site.skipped,
        "skipped_ratio": round(site.skipped_ratio, 4),
        "rows": site.rows,
        "unparsed": site.unparsed,
        "parse_ms": report_diffs.spread(site.parse_ms),
        "write_ms": report_diffs.spread(site.write_ms),
    }
