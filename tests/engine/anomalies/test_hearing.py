"""Messages that concern no rule are told by their looks, and none that concerns one is missed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.anomalies.matching import Matcher
from statetrace_engine.model.anomaly import Count, On, Rule
from statetrace_engine.model.health import Severity
from statetrace_engine.parsing import messages
from statetrace_engine.wire.syslog import Header, split_header, text_of, text_start

AT = 1_795_442_400.0
HEADERS = (
    "<189>12: R1: Nov 23 14:00:00.123 UTC: ", "<189>1 2026-11-23T14:00:00Z R1 - - - - ", "<30>Nov 23 14:00:00 R1 ",
    "<189>1 2026-11-23T14:00:00Z R1 power 7 A-1-B - ", '<28>1 2026-11-23T14:00:00Z R1 x 7 thing [a@1 b="err-dis"] ',
    "<189>: Nov 23 14:00:00: ", "<189>", "2026-11-23T14:00:00Z r1 ", "<187>Nov 23 14:00:00  R1 ",
)  # fmt: skip
WORDS = ("err-dis", "thing 7 ", "x9", "power", "9down")
TAGS = ("A-1-B", "A-9-B", "FAC-SUB-3-*", "LINK-3-UPDOWN")
PARTS = st.one_of(
    st.sampled_from(
        [*WORDS, *("%A-1-B: ", "%A-9-B: ", "%a-1-b: ", "%FAC-SUB-3-X: ", " ", "0", "7", "thing 3 ", "down")]
    ),
    st.text(alphabet="aZ09 -_:%", max_size=6),
)


def made(on: On) -> Rule:
    return Rule(id="R", title="r", severity=Severity.INFO, on=on, find=Count(1, 1.0))


@given(
    st.lists(st.sampled_from(WORDS), max_size=2), st.lists(st.sampled_from(TAGS), max_size=2),
    st.sampled_from(("", r"9d", r"(0)\1")), st.lists(PARTS, max_size=6), st.sampled_from(HEADERS),
)  # fmt: skip
def test_no_message_that_concerns_a_rule_is_missed(
    words: list[str], tags: list[str], pattern: str, parts: list[str], header: str
) -> None:
    if not (words or tags or pattern):
        return
    matcher = Matcher([made(On(tuple(tags), tuple(words), pattern))])
    raw = (header + "".join(parts)).encode()
    event = messages.of_line(raw, 1.0, AT)
    if event is not None and matcher.of(event):
        assert matcher.may_concern(text_of(raw))


@given(st.sampled_from(HEADERS), st.lists(PARTS, max_size=6))
def test_the_text_begins_where_the_header_ends(header: str, parts: list[str]) -> None:
    raw = (header + "".join(parts)).encode()
    whole = split_header(raw, AT)
    if isinstance(whole, Header):
        assert text_start(raw) == whole.text_start
