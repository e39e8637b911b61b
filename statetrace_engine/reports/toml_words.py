"""Pure. Values as TOML, on one line each: `addresses = ["10.0.0.1"]`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

Value = str | int | bool | Sequence["Value"] | Mapping[str, "Value"]


def value(of: Value) -> str:
    """A basic string, a number, an array, or an inline table."""
    match of:
        case str():
            # JSON's escapes are TOML's, but for a character that only TOML forbids.
            return json.dumps(of, ensure_ascii=False).replace("\x7f", "\\u007f")
        case bool():
            return "true" if of else "false"
        case int():
            return str(of)
        case Mapping():
            return "{ " + ", ".join(pair(name, each) for name, each in of.items()) + " }" if of else "{}"
        case _:
            return "[" + ", ".join(value(each) for each in of) + "]"


def pair(name: str, of: Value, remark: str = "") -> str:
    """`name = value  # remark`; the remark on its line."""
    line = f"{name} = {value(of)}"
    return f"{line:<40}  # {remark}" if remark else line


def key(name: str) -> str:
    """A key of a table's heading: bare where it can be."""
    return name if name and all(c.isascii() and (c.isalnum() or c in "-_") for c in name) else value(name)
