"""Pure. AES as SNMPv3 encrypts with it: 128-bit CFB (RFC 3826 section 3.1).

CFB is made here of the bare block cipher: to decrypt is one call, and no version of the library has to offer the mode.
"""

from __future__ import annotations

BLOCK = 16
SALT = 8
"""Octets."""


class Cfb:
    """One key, for any number of messages."""

    def __init__(self, key: bytes) -> None:
        # Imported here: it takes 6 MB, and most homes have no user of SNMPv3.
        from cryptography.hazmat.primitives.ciphers import Cipher
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.ciphers.modes import ECB

        self._block = Cipher(AES(key), ECB()).encryptor()

    def decrypted(self, vector: bytes, data: bytes) -> bytes:
        """Each block is xored with the one before it, encrypted."""
        before = vector + data[: (len(data) - 1) // BLOCK * BLOCK] if data else b""
        return _xored(data, self._block.update(before))

    def encrypted(self, vector: bytes, data: bytes) -> bytes:
        blocks = [vector]
        for at in range(0, len(data), BLOCK):
            blocks.append(_xored(data[at : at + BLOCK], self._block.update(blocks[-1])))
        return b"".join(blocks[1:])


def vector(boots: int, time: int, salt: bytes) -> bytes:
    """What the first block of a message is xored with (RFC 3826 section 3.1.2.1)."""
    return (boots & 0xFFFF_FFFF).to_bytes(4, "big") + (time & 0xFFFF_FFFF).to_bytes(4, "big") + salt


def _xored(data: bytes, stream: bytes) -> bytes:
    size = len(data)
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream[:size], "big")).to_bytes(size, "big")
