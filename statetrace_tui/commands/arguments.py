"""What can be typed: the commands, their arguments and their help. Importing this imports no command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from itertools import takewhile
from typing import NoReturn, Protocol, cast

from statetrace_engine import __version__
from statetrace_engine.errors import WrongUsage


class Command(Protocol):
    """A module of this package."""

    def run(self, options: argparse.Namespace) -> int:
        """Does it and answers the exit code; raises StateTraceError."""


COMMANDS = {
    "console": "open the console: the default",
    "demo": "the console on a simulated network that fails and recovers before your eyes",
    "engine": "watch without a console",
    "ingest": "captures of devices into the store: files, folders, archives",
    "inventory": "an inventory to begin with: drafted from captures, or from a table",
    "export": "routes and their health as interchange JSON",
    "import": "interchange JSON into the store",
    "report": "figures of what was done",
    "routes": "every watched route and its health",
    "outages": "open outages and those of the last 24 hours",
    "explain": "why: what was seen of an outage, its causes, how far it reaches, what to do next",
    "ack": "acknowledge outages",
    "audit": "who did what: show it, or verify that nobody changed it",
    "config": "check or show the configuration",
    "doctor": "what is wrong with this installation, and how to put it right",
    "parse": "what is in captures, without keeping anything",
    "diff": "what changed: on a device since its last capture, or between two files",
    "redact": "captures without their secrets, to be given away",
    "runbook": "what to do, by cause",
    "cards": "what rules and the engine found that is no outage: open cards and those of the last 24 hours",
    "anomalies": "rules that warn before an outage does: list, check and try them, judge and snooze their cards",
    "drill": "break and heal your own lab, and measure what was seen when",
}

_SCREENS = ("routes", "outages", "watch", "captures", "monitors", "changes", "cards")

_MODULES = {"import": "importing"}
"""Where Python does not let a module be called like its command."""


def command(options: argparse.Namespace) -> Command:
    """The module that runs it, imported now: only `console` and `demo` need a terminal's libraries."""
    name = options.command or "console"
    return cast(Command, import_module(f"statetrace_tui.commands.{_MODULES.get(name, name)}"))


class _Parser(argparse.ArgumentParser):
    """Leaves it to the command line how wrong usage is told."""

    def error(self, message: str) -> NoReturn:
        raise WrongUsage(message, f"{self.format_usage()}{self.prog}: error: {message}")


def asks_json(argv: Sequence[str]) -> bool:
    """Whether an object is waited for, however wrong the rest is; argparse takes `--js` for `--json` too."""
    options = takewhile(lambda word: word != "--", argv)
    return any(len(word) > len("--") and "--json".startswith(word) for word in options)


def parser() -> argparse.ArgumentParser:
    top = _Parser(
        prog="statetrace",
        description="The operator console for route outages.",
        epilog="Exit codes: 0 done; 1 the answer is no; 2 wrong usage or configuration; 3 could not.",
        parents=[_common()],
    )
    top.add_argument("--version", action="version", version=f"statetrace {__version__}")
    top.set_defaults(home=None, json=False)
    _add_screen(top)
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    made: dict[str, argparse.ArgumentParser] = {
        name: commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", parents=[_common()])
        for name, text in COMMANDS.items()
    }
    _add_screen(made["console"])
    _add_demo(made["demo"])
    _add_seconds(made["engine"])
    made["outages"].add_argument("--fail-if-open", action="store_true", help="exit 1 when an outage is open")
    made["explain"].add_argument("id", metavar="ID", help="an outage, OUT-1123-7K2Q; its last part is enough")
    made["ack"].add_argument("ids", nargs="+", metavar="ID", help="an outage, OUT-1123-7K2Q; its last part is enough")
    made["ack"].add_argument("--note", default="", help="why, or who is on it")
    audit = _add_actions(made["audit"], {"verify": "is the chain whole?", "show": "the entries, newest first"})
    audit["show"].add_argument("--limit", type=_positive_int, default=200, metavar="N", help="at most so many (200)")
    _add_actions(made["config"], {"check": "every problem at once", "show": "what is in force"})
    made["doctor"].add_argument("--live", action="store_true", help="exit 1 when the engine of this home is not alive")
    _add_parse(made["parse"])
    _add_diff(made["diff"])
    _add_redact(made["redact"])
    runbook = _add_actions(
        made["runbook"], {"list": "every runbook", "show": "one runbook", "check": "what is wrong with runbooks"}
    )
    runbook["show"].add_argument("name", metavar="NAME|CAUSE", nargs="?", help="default: the outage's")
    runbook["show"].add_argument("--outage", metavar="ID", help="filled in for that outage, with what was done")
    runbook["check"].add_argument("files", metavar="FILE", nargs="*", help="default: all of the home")
    _add_anomalies(made["anomalies"])
    _add_captures(made)
    _add_drill(made["drill"])
    return top


def _add_anomalies(anomalies: argparse.ArgumentParser) -> None:
    actions = {
        "list": "every rule",
        "check": "what is wrong with rules",
        "test": "one rule over captures, log files or a journal",
        "schema": "the JSON schema of a rule's file",
        "feedback": "say of a card whether it was worth a look",
        "snooze": "show nothing of a rule and subject for a while",
        "wake": "end a snooze",
    }
    made = _add_actions(anomalies, actions)
    made["feedback"].add_argument("card", metavar="CARD", help="CARD-1128-7K2QAB; its last part is enough")
    made["feedback"].add_argument("verdict", choices=("true", "false", "none"), help="none: takes it back")
    made["feedback"].add_argument("--note", default="", help="why")
    for name in ("snooze", "wake"):
        made[name].add_argument("rule", metavar="RULE")
        made[name].add_argument("subject", metavar="SUBJECT", help="as the card has it; `*`: all of the rule's")
    made["snooze"].add_argument("--for", dest="span", required=True, metavar="T", help="30m, 2h, 7d; 31d at most")
    made["snooze"].add_argument("--reason", default="", help="why")
    made["check"].add_argument("files", metavar="FILE", nargs="*", help="default: all of the home")
    made["test"].add_argument("rule", metavar="RULE", help="its id, a file of it, or `all`")
    made["test"].add_argument(
        "paths", metavar="PATH", nargs="+", help="captures, log files, or the folder of a journal"
    )


def _add_captures(made: dict[str, argparse.ArgumentParser]) -> None:
    ingest = made["ingest"]
    ingest.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, an archive, or a pattern")
    ingest.add_argument("--site", default="", metavar="SITE", help="of all of them, whatever their hostnames say")
    ingest.add_argument("--vendor", default="", metavar="VENDOR", help="of all of them, whatever they look like")
    actions = {"draft": "from captures and unknown senders", "import": "from a table, as a spreadsheet saves it (CSV)"}
    inventory = _add_actions(made["inventory"], actions)
    inventory["import"].add_argument("file", metavar="FILE.csv")
    for each in inventory.values():
        each.add_argument("--out", metavar="FILE", help="write it there, where no file is yet, and not to stdout")
    actions = {"route-records": "every route of every device", "health-snapshots": "their health, by device and vrf"}
    for each in _add_actions(made["export"], actions).values():
        each.add_argument("--site", metavar="SITE", help="of one site")
        each.add_argument("--out", metavar="FILE", help="write it there and not to stdout")
    made["import"].add_argument("files", nargs="+", metavar="FILE", help="as `export` writes it")
    actions = {
        "ingestion": "how fast captures came in, by site",
        "monitors": "what the engine hears, sees and misses",
        "diffs": "how often, how soon and how fast changes are looked at and found",
        "launch-metrics": "what is done with runbooks, cards and outages, day by day",
    }
    report = _add_actions(made["report"], actions)
    for name, days in (("ingestion", 7), ("diffs", 7), ("launch-metrics", 30)):
        text = f"of the last N days ({days})"
        report[name].add_argument("--days", type=_positive_int, default=days, metavar="N", help=text)


def _common() -> _Parser:
    """What every command takes, before or after its name: a later parser must not undo what an earlier one heard."""
    common = _Parser(add_help=False)
    common.add_argument("--home", metavar="DIR", default=argparse.SUPPRESS, help="where config, data and logs are")
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON document on stdout")
    return common


def _add_actions(parser: argparse.ArgumentParser, actions: dict[str, str]) -> dict[str, argparse.ArgumentParser]:
    below = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    return {name: below.add_parser(name, help=text, parents=[_common()]) for name, text in actions.items()}


def _add_seconds(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=_positive, metavar="N", help="stop after so long")


def _add_parse(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a capture, folder, pattern, .gz, .zip, or -")
    parser.add_argument("--vendor", metavar="V", help="whose they are, whatever they say: cisco_ios, juniper_junos, …")
    # `command` is this command's own name.
    parser.add_argument("--command", dest="typed", metavar="C", help="what was typed, where no prompt says so")


def _add_diff(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "before",
        metavar="HOST|A",
        help="a device of the store; or with B the older file: a capture, folder, .gz, .zip, -",
    )
    add("after", metavar="B", nargs="?", help="the newer file")
    add(
        "--from", dest="from_run", default="", metavar="RUN", help="the older run: id, newest, previous, oldest, a time"
    )
    add("--to", dest="to_run", default="", metavar="RUN", help="the newer run (newest)")
    add("--last", type=_positive_int, metavar="N", help="what each of the last N runs changed")
    add("--since", default="", metavar="T", help="what each run since then changed: 30m, 2h, 7d, or an ISO time")
    add("--runs", action="store_true", help="list the runs")
    add("--site", default="", metavar="SITE", help="where two sites have the hostname")
    add("--kind", default="", metavar="KINDS", help="only these: routes,bgp,config, …")
    add("--type", default="", metavar="TYPES", help="only these: added,removed,changed")
    add("--grep", default="", metavar="TEXT", help="only what holds this regular expression, in any case")
    add("--vendor", metavar="V", help="whose the files are, whatever they say")
    add("--exit-code", action="store_true", help="exit 1 when something changed")
    add("--rollback", action="store_true", help="lines that may take configurations back; never sent")


def _add_redact(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a capture, a folder of them, or - for stdin")
    parser.add_argument("--out", metavar="DIR", help="write files there, never over an input (else: stdout)")
    parser.add_argument("--pseudonyms", action="store_true", help="other addresses and hostnames too, consistently")


def _add_screen(parser: argparse.ArgumentParser) -> None:
    """How the console looks; what is not said is as configured."""
    unsaid = argparse.SUPPRESS
    parser.add_argument("--theme", choices=("auto", "dark", "light", "16", "mono"), default=unsaid)
    parser.add_argument("--ascii", action="store_true", default=unsaid, help="no glyphs beyond ASCII")
    parser.add_argument("--read-only", action="store_true", default=unsaid, help="a wall screen: changes nothing")
    parser.add_argument("--mouse", action="store_true", default=unsaid)
    parser.add_argument("--bell", action="store_true", default=unsaid, help="ring when an outage is announced")
    parser.add_argument("--screen", choices=_SCREENS, default=unsaid, help="the first screen")


def _add_demo(parser: argparse.ArgumentParser) -> None:
    _add_screen(parser)
    _add_seconds(parser)
    parser.add_argument("--headless", action="store_true", help="without a console; prints its outages at the end")
    parser.add_argument("--routes", type=_positive_int, default=120, metavar="N", help="watched routes (120)")
    parser.add_argument("--updates", type=_not_negative, default=None, metavar="R", help="log messages a second")
    parser.add_argument("--faults", type=_faults, default="script", metavar="KINDS", help="script, none, or cut,null0")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed, the same network")


def _add_drill(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--break", dest="breaks", required=True, metavar="COMMAND", help="what breaks the lab")
    add("--heal", dest="heals", required=True, metavar="COMMAND", help="what heals it; is always run")
    add("--shell", action="store_true", help="give both to the system's shell; else they are split into words and run")
    add("--timeout", type=_positive, default=30.0, metavar="S", help="how long each may take (30)")
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument(
        "--route", action="append", nargs="+", metavar=("ROUTE_ID|HOST", "PREFIX"), help="must fail; may be repeated"
    )
    whose.add_argument("--device", metavar="HOST", help="one of its routes must fail; without either, any route")
    add("--runs", type=_positive_int, default=1, metavar="N", help="how often (1)")
    add("--within", type=_positive, default=10.0, metavar="S", help="from injection to open outage, at most (10)")
    add("--keep", type=_not_negative, default=30.0, metavar="S", help="how long it stays broken once found (30)")
    add("--settle", type=_positive, default=300.0, metavar="S", help="how long the recovery may take (300)")
    add("--expect-cause", action="append", type=_cause, metavar="CAUSE", help="what is right; may be repeated")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number") from None


def _positive(text: str) -> float:
    value = _number(text)
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


def _positive_int(text: str) -> int:
    value = _positive(text)
    if not value.is_integer():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number")
    return int(value)


def _not_negative(text: str) -> float:
    return 0.0 if _number(text) == 0 else _positive(text)


def _faults(text: str) -> str:
    from statetrace_engine.simulate.director import kinds  # only the demo asks

    try:
        kinds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _cause(text: str) -> str:
    from statetrace_engine.model.outage import CauseKind  # only the drill asks

    if text not in tuple(CauseKind):
        raise argparse.ArgumentTypeError(f"{text}: not one of {', '.join(CauseKind)}")
    return text
