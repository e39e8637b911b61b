"""placeholder"""


def line(raw: bytes) -> tuple[bytes, int]:
    return raw, 0
