"""`statetrace audit verify|show`: who did what, and whether anybody changed that since."""

from __future__ import annotations

import argparse
import sys

from statetrace_tui.commands import answers, homes, json_form, output


def run(options: argparse.Namespace) -> int:
    return _verify(options) if options.action == "verify" else _show(options)


def _verify(options: argparse.Namespace) -> int:
    """0 when the chain is whole; 1, naming each entry that is not as it was written."""
    from statetrace_engine.store import audit

    report = audit.verify(answers.data_dir(homes.asked(options).path) / answers.STORE)
    if options.json:
        output.document(
            {
                "ok": report.ok,
                "entries": report.entries,
                "head": {"seq": report.head.seq, "digest": report.head.digest},
                "problems": list(report.problems),
            }
        )
    elif report.ok:
        print(f"{report.entries} entries, none edited, deleted, reordered or cut off; the last is {report.head.seq}")
    if not report.ok:
        for problem in report.problems:
            print(f"statetrace: {problem}", file=sys.stderr)
    return 0 if report.ok else 1


def _show(options: argparse.Namespace) -> int:
    home = homes.asked(options)
    entries = answers.audit(home.path, options.limit)
    if options.json:
        output.document({"audit": [json_form.audit_entry(entry) for entry in entries]})
    elif entries:
        output.table(
            ("SEQ", "AT", "OPERATOR", "ACTION", "SUBJECT", "DETAIL"),
            (
                (str(entry.seq), output.local(entry.at), entry.operator, entry.action, entry.subject, entry.detail)
                for entry in entries
            ),
        )
    else:
        homes.say_empty(home, "The audit is empty.")
    return 0
