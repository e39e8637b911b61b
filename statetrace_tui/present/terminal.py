"""Pure. Which theme a terminal can show: from its environment, its colours and what the operator asked for."""

from __future__ import annotations

from collections.abc import Mapping

from statetrace_tui.present.ink import NAMES, Theme

_NO_GLYPHS = ("dumb", "unknown", "vt52", "vt100", "vt102", "vt220")


def theme_for(
    environ: Mapping[str, str],
    colours: int | None,
    *,
    wanted: str = "auto",
    is_ascii: bool | None = None,
    is_windows: bool = False,
) -> Theme:
    """`colours` as terminfo says; None where there is none. An explicit theme beats NO_COLOR, but never what the
    terminal can tell apart: sixteen colours get the theme made for them."""
    term = environ.get("TERM", "").lower()
    deep = _depth(environ, term, colours, is_windows)
    name = wanted if wanted in NAMES else _automatic(environ, deep)
    if deep < 8:
        name = "mono"
    elif deep < 256 and name != "mono":
        name = "16"
    if is_ascii is None:
        is_ascii = term in _NO_GLYPHS or not (is_windows or _is_utf8(environ))
    return Theme(name, is_ascii)


def _automatic(environ: Mapping[str, str], deep: int) -> str:
    if environ.get("NO_COLOR"):
        return "mono"
    if deep < 256:
        return "16"
    return "light" if _is_light(environ) else "dark"


def _depth(environ: Mapping[str, str], term: str, colours: int | None, is_windows: bool) -> int:
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return 1 << 24
    if is_windows and not term:
        return 1 << 24
    if term in ("", "dumb", "unknown"):
        return 0
    if colours is not None:
        return colours
    if term.endswith("-256color"):
        return 256
    return 0 if term.startswith("vt") else 16


def _is_utf8(environ: Mapping[str, str]) -> bool:
    locale = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environ.get(name))), "C")
    return "utf8" in locale.lower().replace("-", "")


def _is_light(environ: Mapping[str, str]) -> bool:
    """rxvt, Konsole and others say `15;0` or `0;15`: foreground, background."""
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return background == "7" or (background.isdigit() and 9 <= int(background) <= 15)
