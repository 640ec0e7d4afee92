"""The prepared HMAC is the HMAC."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from api_spec.keyed_hash import KeyedHash


@given(key=st.binary(max_size=100), messages=st.lists(st.binary(max_size=300), max_size=5))
def test_it_says_what_the_standard_library_says_however_often_it_is_asked(
    key: bytes, messages: list[bytes]
) -> None:
    keyed = KeyedHash(key)
    for message in messages:
        assert keyed.digest(message) == hmac.digest(key, message, "sha256")
