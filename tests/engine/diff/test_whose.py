"""What is said of a comparison where two devices go by one hostname."""

from __future__ import annotations

from statetrace_engine.diff import whose
from statetrace_engine.model.identity import Identity

MACS = {"GigabitEthernet0/1": "005056b20001", "GigabitEthernet0/2": "005056b20002"}
ONE, OTHER = Identity(serials=("FTX1840AAAA",), macs=MACS), Identity(serials=("FTX9999ZZZZ",))


def test_nothing_is_said_where_all_that_it_is_compared_with_is_the_same_device() -> None:
    known = {1: ONE, 2: OTHER, 3: Identity(macs=MACS)}
    assert whose.remarks(3, [1], [2, 1], known) == []


def test_a_capture_that_does_not_say_whose_it_is_is_doubted() -> None:
    [said] = whose.remarks(3, [1], [2, 1], {1: ONE, 2: OTHER, 3: Identity(vendor="ios")})
    assert said == "two devices go by this hostname, and this capture does not show of which it is"


def test_a_capture_whose_base_does_not_say_whose_it_is_names_that_one() -> None:
    *_, said = whose.remarks(3, [1], [2, 1, 4], {1: Identity(vendor="ios"), 2: OTHER, 3: ONE, 4: ONE})
    assert said == (
        "two devices go by this hostname, and capture 1, with which it is compared, does not show of which it is"
    )
