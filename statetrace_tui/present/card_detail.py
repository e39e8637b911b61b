"""Pure. All about the card or cluster under the cursor: what, why, how right its rule is, what stands beside it, what
was received."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard, RuleStatus
from statetrace_engine.model.cluster import Cluster
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.text import sanitise
from statetrace_tui.present import card_entry, outage_row
from statetrace_tui.present.card_entry import Entry, Known
from statetrace_tui.present.card_row import FACES, chip
from statetrace_tui.present.hours import Zone, minute_there, moment, utc
from statetrace_tui.present.text import Line, count, cut, dur, fit, spread, wrap

PAD = 2
_LABEL = 9
_MOST_LINES = 4
_SUBJECTS = 6
_PARTS = 60
"""Of a cluster, that are listed."""


class Beside(NamedTuple):
    """What is known beside the row, the time that ages count to, and the keys that are named."""

    known: Known
    rules: Mapping[str, RuleStatus]
    outages: tuple[OutageEvent, ...]
    """Those that belong to it, the worst first."""
    now: Epoch
    zone: Zone = utc
    keys: Mapping[str, str] = {}


def lines(entry: Entry, beside: Beside, width: int, height: int) -> list[Line]:
    """At most `height` lines of `width` cells; where there is room for it, a blank line above."""
    card = entry.card
    body = _of_card(card, entry, beside, width) if card is not None else _of_others(entry, beside, width)
    air: list[Line] = [[]] if len(body) < height else []
    return [cut(line, width) for line in [*air, *body][:height]]


def _of_card(card: AnomalyCard, entry: Entry, beside: Beside, width: int) -> list[Line]:
    cluster = cluster_of(card.card_id, beside.known)
    return [
        _head(entry, card.card_id, width),
        *_prose(entry.title, width, "strong"),
        *_rows("where", [outage_row.brief(name) for name in _subjects(card)], width),
        *_rows("why", [f"{sanitise(card.text)}, {count(card.count, 'message')}"], width),
        *_rows("seen", [_seen(entry, beside)], width),
        *_rows("said", _said(card, beside), width, "accent"),
        *_rows("rule", [_rule(card, beside.rules.get(card.rule))], width),
        *_rows("runbook", [_keyed(card.runbook, "runbook", beside)] if card.runbook else [], width),
        *_rows("with", [f"{cluster.title}: {sanitise(cluster.because)}"] if cluster is not None else [], width),
        *_outages(beside, width),
        *_received(card, beside, width),
    ]


def _of_others(entry: Entry, beside: Beside, width: int) -> list[Line]:
    """A cluster, or an outage inside one."""
    name = entry.cluster.cluster_id.removeprefix("CL-") if entry.cluster is not None else entry.ident
    return [
        _head(entry, name, width),
        *_prose(entry.title, width, "strong"),
        *_prose(entry.text, width, "", 6),
        *_rows("where", [entry.subject], width),
        *_rows("seen", [_seen(entry, beside)], width),
        *_outages(beside, width),
        *(_members(entry.cluster, beside, width) if entry.cluster is not None else []),
    ]


def _head(entry: Entry, name: str, width: int) -> Line:
    glyph, word, _ = FACES[entry.severity]
    group = "over" if entry.group == card_entry.OVER else card_entry.GROUPS[entry.group].lower()
    return spread([(f" {glyph} {word} ", chip(entry)), (f"  {group}", "dim")], [(name, "dim")], width, PAD)


def _subjects(card: AnomalyCard) -> list[str]:
    if not card.subjects:
        return [sanitise(card.subject)]
    left = card.more + max(len(card.subjects) - _SUBJECTS, 0)
    return [*map(sanitise, card.subjects[:_SUBJECTS]), *([f"and {left:,} more"] if left else [])]


def _seen(entry: Entry, beside: Beside) -> str:
    now, zone = beside.now, beside.zone
    first = f"{moment(entry.first_at, now, zone)}, {dur(now - entry.first_at)} ago"
    if entry.last_at <= entry.first_at:
        return first
    return f"{first}; last {moment(entry.last_at, now, zone)}"


def _said(card: AnomalyCard, beside: Beside) -> list[str]:
    out = []
    if card.snooze is not None:
        snooze = card.snooze
        until = minute_there(snooze.until_at, beside.zone)
        hidden = f", {snooze.hidden:,} hidden" if snooze.hidden else ""
        out.append(f"snoozed until {until} by {_who(snooze.operator)}{hidden}{_because(snooze.reason)}")
    if card.feedback is not None:
        said = card.feedback
        what = "a true positive" if said.verdict.value == "true" else "a false positive"
        out.append(
            f"{what}, says {_who(said.operator)} at {moment(said.at, beside.now, beside.zone)}{_because(said.note)}"
        )
    return out


def _who(operator: str) -> str:
    return sanitise(outage_row.person(operator))


def _because(text: str) -> str:
    return f": {sanitise(text)}" if text else ""


def _rule(card: AnomalyCard, status: RuleStatus | None) -> str:
    """`PortFlapEvents, right in 4 of 5 that were judged`."""
    if status is None:
        return sanitise(card.rule)
    return f"{sanitise(card.rule)}, {precision(status)}" + (f"; off: {sanitise(status.off)}" if status.off else "")


def precision(status: RuleStatus) -> str:
    judged = status.true_cards + status.false_cards
    share = status.precision
    return f"right in {status.true_cards} of {judged} judged, {share:.0%}" if share is not None else "not judged yet"


def _keyed(text: str, action: str, beside: Beside) -> str:
    key = beside.keys.get(action, "")
    return f"{sanitise(text)} ({key})" if key else sanitise(text)


def _outages(beside: Beside, width: int) -> list[Line]:
    if not beside.outages:
        return []
    worst = beside.outages[0]
    more = f" and {len(beside.outages) - 1:,} more" if len(beside.outages) > 1 else ""
    text = f"{worst.outage_id} {worst.hostname} {worst.prefix} {worst.cause.value}{more}"
    return _rows("outages", [_keyed(text, "outage", beside)], width)


def _received(card: AnomalyCard, beside: Beside, width: int) -> list[Line]:
    """The first messages, as the rule saw them."""
    if not card.samples:
        return []
    key = beside.keys.get("open", "")
    right: Line = [(f"{key} opens them", "dim")] if key and card.seqs else []
    out = [[], spread([("AS RECEIVED", "dim")], right, width, PAD)]
    for sample in card.samples:
        words = wrap(sanitise(sample), width - 2 * PAD - 1, 2)
        out += [[(" " * PAD, ""), (fit(f" {text}", width - 2 * PAD), "@well")] for text in words]
    return out


def _members(cluster: Cluster, beside: Beside, width: int) -> list[Line]:
    known = beside.known
    title = f"{count(len(cluster.ties), 'PART', 'PARTS')} IN THE ORDER OF TIME"
    out: list[Line] = [[], [(" " * PAD, ""), (title, "dim")]]
    for tie in cluster.ties[:_PARTS]:
        glyph, role, text = _member(tie.member, known)
        words = wrap(text, width - 2 * PAD - 2, 2)
        out += [[(" " * PAD, ""), (f"{glyph} " if not n else "  ", role), (line, "")] for n, line in enumerate(words)]
        for line in wrap(sanitise(tie.because), width - 2 * PAD - 4, 3):
            out.append([(" " * (PAD + 4), ""), (line, "dim")])
    if len(cluster.ties) > _PARTS:
        out.append([(" " * PAD, ""), (f"and {len(cluster.ties) - _PARTS:,} more", "dim")])
    return out


def _member(ident: str, known: Known) -> tuple[str, str, str]:
    """Glyph, role and words."""
    card = known.cards.get(ident)
    if card is not None:
        glyph, _, role = FACES[card.severity]
        return glyph, role, f"{sanitise(card.title)}  {outage_row.brief(sanitise(card.subject))}"
    incident = known.incidents.get(ident)
    if incident is not None:
        role = "dim" if incident.closed_at is not None else "crit"
        outages = count(len(incident.outage_ids), "outage")
        return "X", role, f"{incident.cause.value}  {sanitise(incident.element)}  {outages}"
    outage = known.outages.get(ident)
    if outage is not None:
        face = outage_row.face(outage)
        return face.glyph, face.role, f"{outage.cause.value}  {sanitise(outage.hostname)} {outage.prefix}"
    return "?", "unk", f"{ident}, no longer known here"


def cluster_of(ident: str, known: Known) -> Cluster | None:
    """The cluster that a card belongs to."""
    return known.inside.get(ident)


def related(entry: Entry, known: Known) -> tuple[OutageEvent, ...]:
    """Outages that belong to a row, open ones and the worst first: of its cluster, else of its route or device now."""
    outages = known.outages
    card = entry.card
    cluster = entry.cluster or (cluster_of(entry.ident, known) if card is not None else None)
    ids: Iterable[str] = entry.outage_ids or (cluster.outage_ids if cluster is not None else ())
    found = [outages[ident] for ident in ids if ident in outages]
    if not found and card is not None:
        hosts = {card.hostname, *(subject.partition(" ")[0] for subject in card.subjects)}
        found = [
            o
            for o in outages.values()
            if o.closed_at is None and (o.route_id == card.route_id if card.route_id else o.hostname in hosts)
        ]
    return tuple(sorted(found, key=outage_row.rank))


def _prose(text: str, width: int, role: str, limit: int = 2) -> list[Line]:
    return [[(" " * PAD, ""), (line, role)] for line in wrap(text, width - 2 * PAD, limit)]


def _rows(label: str, texts: Sequence[str], width: int, role: str = "") -> list[Line]:
    out: list[Line] = []
    for text in texts:
        for line in wrap(text, width - 2 * PAD - _LABEL, _MOST_LINES):
            out.append([(" " * PAD, ""), (fit("" if out else label, _LABEL), "dim"), (line, role)])
    return out


def as_text(entry: Entry, beside: Beside) -> str:
    """For the clipboard."""
    page = lines(entry, beside, 100, 1000)
    return "\n".join("".join(text for text, _ in line).strip() for line in page).strip()


def rule_lines(rules: Iterable[RuleStatus], width: int) -> list[Line]:
    """How each rule does: those that do not run first, then those that are seldom right."""

    def rank(status: RuleStatus) -> tuple[bool, bool, float, str]:
        share = status.precision
        return not status.off, not status.is_enabled, share if share is not None else 2.0, status.rule

    name = max(min(width - 58, 28), 14)
    out: list[Line] = [[("   ", ""), (fit("RULE", name + 1) + fit("CARDS", 6, "r") + fit("MATCHED", 9, "r"), "dim"),
                        (fit("US EACH", 9, "r") + "  RIGHT", "dim")]]  # fmt: skip
    for status in sorted(rules, key=rank):
        firm = "major" if status.off else "dim" if not status.is_enabled else ""
        cost = f"{status.cost_us:.1f}" if status.cost_us else "-"
        words = (
            f"off: {sanitise(status.off)}" if status.off else "disabled" if not status.is_enabled else precision(status)
        )
        numbers = fit(f"{status.cards:,}", 6, "r") + fit(f"{status.matched:,}", 9, "r") + fit(cost, 9, "r")
        out.append([("   ", ""), (fit(sanitise(status.rule), name, "m") + " ", firm), (numbers, firm or "dim"),
                    ("  ", ""), (fit(words, max(width - name - 34, 0)), firm or "dim")])  # fmt: skip
    return out if len(out) > 1 else [[("   ", ""), ("no rules are known", "dim")]]
