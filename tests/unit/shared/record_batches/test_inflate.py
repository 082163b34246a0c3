"""Gzip in bounded steps: right bytes, bounded pieces, clear errors."""

import gzip
import zlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.record_batches.inflate import STEP_BYTES, BadEncoding, Inflate


def inflate(chunks: Sequence[bytes]) -> bytes:
    stream = Inflate()
    return b"".join(piece for chunk in chunks for piece in stream.feed(chunk)) + stream.finish()


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.integers(1, 50))
def test_any_members_in_any_chunks_give_the_original_bytes(members: list[bytes], size: int) -> None:
    """However the body is split, the result is what the standard library decodes at once."""
    packed = b"".join(map(gzip.compress, members))
    assert inflate([packed[i : i + size] for i in range(0, len(packed), size)]) == gzip.decompress(
        packed
    )


def test_a_bomb_is_inflated_in_small_pieces() -> None:
    """200 MB of zeros in 200 KB: the first piece is one step, so the reader can stop there."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    pieces = Inflate().feed(bomb)
    assert [len(next(pieces)) for _ in range(3)] == [STEP_BYTES] * 3


def test_garbage_after_the_last_member_is_ignored_and_no_body_is_no_error() -> None:
    """Servers pad; an empty body that claims to be gzip is empty."""
    assert inflate([gzip.compress(b"text", mtime=0) + b"\0\0\0"]) == b"text"
    assert inflate([]) == b""


@pytest.mark.parametrize(
    ("body", "why"),
    [(b"not gzip", "broken gzip"), (gzip.compress(b"a" * 999, mtime=0)[:-9], "ends too early")],
)
def test_broken_gzip_says_so(body: bytes, why: str) -> None:
    """A body that is no gzip, or half of one, is refused."""
    with pytest.raises(BadEncoding, match=why):
        inflate([body])
