"""AES in CFB mode as we make it, against the library's own, and NIST's examples."""

from __future__ import annotations

import pytest
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.wire import aes
from statetrace_engine.wire.aes import Cfb

VECTOR = bytes(range(16))
PLAIN = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"


@pytest.mark.parametrize(
    ("key", "sealed"),
    [
        # NIST SP 800-38A, F.3.13 and F.3.17: CFB128-AES128 and CFB128-AES256, the first two blocks
        (
            "2b7e151628aed2a6abf7158809cf4f3c",
            "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b",
        ),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "dc7e84bfda79164b7ecd8486985d386039ffed143b28b1c832113c6331e5407b",
        ),
    ],
)
def test_it_is_what_nist_says(key: str, sealed: str) -> None:
    cfb = Cfb(bytes.fromhex(key))
    assert cfb.encrypted(VECTOR, bytes.fromhex(PLAIN)).hex() == sealed
    assert cfb.decrypted(VECTOR, bytes.fromhex(sealed)).hex() == PLAIN


@given(st.sampled_from((16, 24, 32)).flatmap(lambda size: st.binary(min_size=size, max_size=size)), st.data())
def test_any_message_under_any_key_is_as_the_library_has_it(key: bytes, data: st.DataObject) -> None:
    vector, plain = data.draw(st.binary(min_size=16, max_size=16)), data.draw(st.binary(max_size=100))
    theirs = Cipher(AES(key), CFB(vector)).encryptor()
    sealed = theirs.update(plain) + theirs.finalize()
    cfb = Cfb(key)
    assert cfb.encrypted(vector, plain) == sealed
    assert cfb.decrypted(vector, sealed) == plain
    assert cfb.decrypted(vector, sealed) == plain


def test_the_vector_is_boots_time_and_salt() -> None:
    assert aes.vector(1, 258, b"saltsalt") == b"\0\0\0\1\0\0\1\2saltsalt"
