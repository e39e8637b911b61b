"""`statetrace anomalies list|check|test|schema|feedback|snooze|wake`: rules, what is wrong with them, what they would
have found, and what operators say of their cards.

`test` reads what is archived, and writes nothing: each message counts at the time that it says of itself.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import structs

from statetrace_engine import config
from statetrace_engine.anomalies import own, rules
from statetrace_engine.errors import ConfigError, NotKnown, WrongUsage
from statetrace_engine.model.action import ActionResult, JudgeCard, SnoozeCard, WakeCard
from statetrace_engine.model.anomaly import CardVerdict, Rule, RuleCount, RuleStatus
from statetrace_engine.model.text import sanitise
from statetrace_engine.runbooks import library
from statetrace_engine.store import direct
from statetrace_tui.commands import acting, answers, checking, homes, identity, json_form, output, times
from statetrace_tui.present.words import count

ALL = "all"


def run(options: argparse.Namespace) -> int:
    """0; 1 when something is wrong with a rule (`check`), or an action was refused. Raises StateTraceError."""
    return _ACTIONS[options.action](options)


def _schema(_options: argparse.Namespace) -> int:
    output.document(rules.schema())
    return 0


def _check(options: argparse.Namespace) -> int:
    home = homes.of(options).path
    texts, unread = checking.texts(options.files, config.anomaly_files(home))
    made, problems = rules.read(texts, _runbooks(home))
    return checking.tell("rule", len(made), [*unread, *problems], is_json=options.json, key="rules")


def _list(options: argparse.Namespace) -> int:
    """Rules that are sound, what is wrong with others, and how each did."""
    home = homes.of(options).path
    made, problems = _of_home(home)
    did = _how_they_did(home)
    status = answers.ask(home, lambda engine: engine.status())
    skipped = status.cards.skipped if status is not None else None
    if options.json:
        listed = [{**json_form.rule(rule), "did": _did(did.get(rule.id))} for rule in made]
        output.document({"rules": listed, "problems": problems, "skipped": skipped})
        return 0
    output.table(
        ("RULE", "SEVERITY", "IS", "CARDS", "PRECISION", "RUNBOOK", "TITLE"),
        (
            (rule.id, rule.severity.value, _is(rule, did.get(rule.id)), *_figures(did.get(rule.id)),
             rule.runbook or "-", rule.title)
            for rule in made
        ),
    )  # fmt: skip
    for problem in problems:
        print(f"not running: {sanitise(problem, 300)}")
    if skipped:
        print(f"not looked at: {count(skipped, 'message')} of floods, since the engine started")
    return 0


def _of_home(home: Path) -> tuple[list[Rule], list[str]]:
    return config.anomaly_rules(home, _runbooks(home))


def _runbooks(home: Path) -> list[str]:
    return [library.name_of(file.label) for file in config.runbook_files(home)]


def _how_they_did(home: Path) -> dict[str, RuleStatus | RuleCount]:
    """By the engine, else by the cards of the store."""
    statuses = answers.ask(home, lambda engine: engine.rules())
    if statuses is not None:
        return {status.rule: status for status in statuses}
    return {counted.rule: counted for counted in answers.history(home).rule_counts(time.time() - 30 * 86400.0)}


def _did(found: RuleStatus | RuleCount | None) -> dict[str, object] | None:
    return json_form.rule_status(found) if found is not None else None


def _is(rule: Rule, found: RuleStatus | RuleCount | None) -> str:
    if isinstance(found, RuleStatus) and found.off:
        return "too slow"
    return "on" if rule.is_enabled else "off"


def _figures(found: RuleStatus | RuleCount | None) -> tuple[str, str]:
    if found is None:
        return "-", "-"
    judged, precision = found.true_cards + found.false_cards, found.precision
    return f"{found.cards:,}", "-" if precision is None else f"{precision:.0%} of {judged}"


# What operators say --------------------------------------------------------------------------------------------------


def _feedback(options: argparse.Namespace) -> int:
    home = homes.of(options).path
    card_id = _card_id(home, options.card)
    verdict = None if options.verdict == "none" else CardVerdict(options.verdict)
    operator, note = identity.spoken(identity.current()), sanitise(options.note)
    action = JudgeCard(secrets.token_hex(8), operator, card_id, verdict, note)
    words = "what was said is taken back" if verdict is None else f"{verdict.value} positive"
    return _acted(options, acting.act(home, action, direct.judge), f"{card_id}: {words}")


def _card_id(home: Path, typed: str) -> str:
    """A card's id whole, or its last part; one that is not recent is looked for in the store by its whole id."""
    wanted = typed.strip().upper()
    known = {card.card_id for card in answers.cards(home)}
    found = [card_id for card_id in known if card_id == wanted or card_id.endswith(f"-{wanted}")]
    if len(found) > 1:
        raise NotKnown(f"{sanitise(typed, 40)} means {', '.join(sorted(found))}; say which")
    return found[0] if found else wanted


def _snooze(options: argparse.Namespace) -> int:
    home = homes.of(options).path
    span_s = times.span_s(options.span)
    if not span_s:
        raise WrongUsage(f"{sanitise(options.span, 40)!r} is no span: 30m, 2h, 7d")
    rule, until_at = _rule_id(home, options.rule), time.time() + span_s
    operator, reason = identity.spoken(identity.current()), sanitise(options.reason)
    action = SnoozeCard(secrets.token_hex(8), operator, rule, options.subject, until_at, reason)
    words = f"{rule} {sanitise(options.subject, 200)} is snoozed until {output.local(until_at)}"
    return _acted(options, acting.act(home, action, direct.snooze), words)


def _wake(options: argparse.Namespace) -> int:
    home = homes.of(options).path
    rule, operator = _rule_id(home, options.rule), identity.spoken(identity.current())
    action = WakeCard(secrets.token_hex(8), operator, rule, options.subject)
    words = f"{rule} {sanitise(options.subject, 200)} is not snoozed any more"
    return _acted(options, acting.act(home, action, direct.snooze), words)


def _rule_id(home: Path, typed: str) -> str:
    """As its file spells it. Raises WrongUsage."""
    known = [*(rule.id for rule in _of_home(home)[0]), *own.OWN]
    found = next((name for name in known if name.lower() == typed.strip().lower()), None)
    if found is None:
        raise WrongUsage(f"no rule {sanitise(typed, 80)!r}; `statetrace anomalies list` names them")
    return found


def _acted(options: argparse.Namespace, result: ActionResult, words: str) -> int:
    if options.json:
        output.document({"done": list(result.touched), "refused": result.refused})
    elif not result.refused:
        print(words)
    for name, why in result.refused.items():
        print(f"statetrace: {sanitise(name, 200)}: {why}", file=sys.stderr)
    return 1 if result.refused else 0


# What rules would have found -----------------------------------------------------------------------------------------


def _test(options: argparse.Namespace) -> int:
    made, problems = _of_home(homes.of(options).path)
    for problem in problems:
        print(f"statetrace: not tried: {sanitise(problem, 300)}", file=sys.stderr)
    chosen = _chosen(made, options.rule)
    from statetrace_tui.commands import trying  # it brings all of the pipeline, which no other action needs

    tried = trying.over(chosen, options.paths, options.home)
    if options.json:
        output.document(
            {
                "rules": [rule.id for rule in chosen],
                "messages": tried.messages,
                "facts": tried.facts,
                "cards": [json_form.card(card) for card in tried.cards],
                "switched_off": tried.slow,
            }
        )
        return 0
    rows = (
        (output.local(card.first_at), card.severity.value, card.rule, card.subject, str(card.count), card.text)
        for card in tried.cards
    )
    if tried.cards:
        output.table(("FIRST", "SEVERITY", "RULE", "SUBJECT", "COUNT", "WHY"), rows)
    for name, why in tried.slow.items():
        print(f"{name} was switched off: {why}")
    found = count(len(tried.cards), "card") if tried.cards else "no cards"
    heard = [count(tried.messages, "message"), *([count(tried.facts, "fact")] if tried.facts else [])]
    print(f"{found} of {count(len(chosen), 'rule')} in {' and '.join(heard)}")
    return 0


def _chosen(made: list[Rule], wanted: str) -> list[Rule]:
    """A rule that is asked for by name is tried even where it is switched off."""
    if wanted == ALL:
        return [rule for rule in made if rule.is_enabled]
    found = [rule for rule in made if rule.id.lower() == wanted.lower()]
    if not found and Path(wanted).is_file():
        found, problems = rules.read({wanted: checking.text(wanted)})
        if problems:
            raise ConfigError(tuple(problems))
    if not found:
        raise WrongUsage(f"no rule {sanitise(wanted, 80)!r}; `statetrace anomalies list` names them")
    return [_switched_on(rule) for rule in found]


def _switched_on(rule: Rule) -> Rule:
    return structs.replace(rule, is_enabled=True)


_ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": _list,
    "check": _check,
    "test": _test,
    "schema": _schema,
    "feedback": _feedback,
    "snooze": _snooze,
    "wake": _wake,
}
