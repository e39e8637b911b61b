"""`statetrace ack ID… [--note]`: acknowledges, through the running engine or straight in the store."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Iterable, Sequence

from statetrace_engine.model.action import Acknowledge, ActionResult
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.text import sanitise
from statetrace_engine.store import direct
from statetrace_tui.commands import acting, answers, homes, identity, output


def run(options: argparse.Namespace) -> int:
    """0 when all are acknowledged by this; 1 when one was refused, with the reason."""
    home = homes.of(options).path
    named, unknown = resolve(options.ids, answers.outages(home))
    operator = identity.spoken(identity.current())
    note = sanitise(options.note)
    action = Acknowledge(action_id=secrets.token_hex(8), operator=operator, outage_ids=tuple(named), note=note)
    result = acting.act(home, action, direct.acknowledge) if named else ActionResult()
    refused = {**unknown, **result.refused}
    if options.json:
        output.document({"acknowledged": list(result.touched), "refused": refused, "operator": operator, "note": note})
    else:
        for outage_id in result.touched:
            print(f"{outage_id} acknowledged by {operator}")
    for outage_id, why in refused.items():
        print(f"statetrace: {sanitise(outage_id)}: {why}", file=sys.stderr)
    return 1 if refused else 0


def resolve(ids: Sequence[str], outages: Iterable[OutageEvent]) -> tuple[list[str], dict[str, str]]:
    """Outage ids as they were meant, and why not for the others: an id whole, or its last part as said on the phone."""
    known = [outage.outage_id for outage in outages]
    named: dict[str, None] = {}
    unknown: dict[str, str] = {}
    for text in ids:
        wanted = text.strip().upper()
        matches = [outage_id for outage_id in known if outage_id.upper() == wanted]
        matches = matches or [outage_id for outage_id in known if outage_id.upper().endswith(f"-{wanted}")]
        if len(matches) == 1:
            named[matches[0]] = None
        else:
            unknown[text] = f"means {', '.join(matches)}; say which" if matches else "no such outage is open or recent"
    return list(named), unknown
