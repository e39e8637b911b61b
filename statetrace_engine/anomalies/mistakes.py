"""Pure. Everything in a document that its type does not allow: a decoder stops at the first.

    {"severity": "bad", "on": {"tag": []}}   →   $.severity: Invalid enum value 'bad'
                                                 $.on.tag: Object contains unknown field `tag`; did you mean 'tags'?

Objects and lists are taken apart, and each part is left to the decoder, whose words these are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any, get_args, get_origin  # types are values here, and JSON has none

import msgspec

Mistake = tuple[str, str]
"""(`$.find.within_s`, what is wrong with it)."""
_AT = re.compile(r" - at `\$([^`]*)`$")


def of(value: Any, kind: Any, where: str = "$") -> list[Mistake]:
    """Of `value`, as JSON has it, as one of the type `kind`; none where a decoder would take it."""
    return list(_of_parts(value, kind, where)) or list(_of_whole(value, kind, where))


def _of_parts(value: Any, kind: Any, where: str) -> Iterator[Mistake]:
    kind = _bare(kind)
    if isinstance(value, dict):
        struct = _struct(value, kind)
        if struct is not None:
            yield from _of_fields(value, struct, where)
    elif isinstance(value, list) and get_origin(kind) is tuple:
        for at, each in enumerate(value):
            yield from of(each, get_args(kind)[0], f"{where}[{at}]")


def _of_fields(value: dict[str, Any], struct: type[msgspec.Struct], where: str) -> Iterator[Mistake]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    allowed = {*fields, struct.__struct_config__.tag_field}
    for name in value:
        if name not in allowed:
            near = get_close_matches(name, fields, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield f"{where}.{name}", f"Object contains unknown field `{name}`{hint}"
    for name, field in fields.items():
        if name in value:
            yield from of(value[name], field.type, f"{where}.{name}")
        elif field.required:
            yield where, f"Object missing required field `{name}`"


def _of_whole(value: Any, kind: Any, where: str) -> Iterator[Mistake]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        found = _AT.search(str(error))
        yield where + (found[1] if found else ""), _AT.sub("", str(error))


def _bare(kind: Any) -> Any:
    """Without its bounds."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _struct(value: dict[str, Any], kind: Any) -> type[msgspec.Struct] | None:
    """Which object `value` means to be; None: none, or nobody can tell."""
    for each in get_args(kind) or (kind,):
        if isinstance(each, type) and issubclass(each, msgspec.Struct):
            config = each.__struct_config__
            if config.tag_field is None or value.get(config.tag_field) == config.tag:
                return each
    return None
