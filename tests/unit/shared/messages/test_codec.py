"""Messages keep their value through bytes, and bad bytes say what is wrong with them."""

from datetime import UTC, datetime

import pytest

from shared.base.outcomes import InvalidMessage
from shared.messages import codec
from shared.messages.schemas import RawArticle
from tests.builders import build_raw_article

ARTICLE = build_raw_article(
    b"\xff\x00",
    source="nikkei",
    uri="urn:seed:1",
    fetched_at=datetime(2018, 9, 11, tzinfo=UTC),
    origin="seed",
)


def test_a_message_comes_back_as_it_went() -> None:
    """Encoding and decoding changes nothing, whatever bytes the page held."""
    assert codec.decode(codec.encode(ARTICLE), RawArticle) == ARTICLE


def test_equal_messages_are_equal_bytes() -> None:
    """The bytes are canonical: they are what ids and replays are compared by."""
    assert codec.encode(ARTICLE) == codec.encode(codec.decode(codec.encode(ARTICLE), RawArticle))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"[[", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "depth"),
        (b'{"source": 1}', "$.source"),
        (b'{"source": "a"}', "missing required field `uri`"),
        (codec.encode(ARTICLE).replace(b"00Z", b"00"), "timezone"),
        (None, "tombstone"),
    ],
)
def test_bad_bytes_say_what_is_wrong(data: bytes | None, says: str) -> None:
    """Every bad record raises InvalidMessage with the field or the byte in it."""
    with pytest.raises(InvalidMessage, match=says.replace("$", r"\$")):
        codec.decode(data, RawArticle)


def test_unknown_fields_are_ignored() -> None:
    """A newer minor version may add fields; an older reader reads on."""
    assert codec.decode(codec.encode(ARTICLE)[:-1] + b',"mood":"fine"}', RawArticle) == ARTICLE


def test_unknown_major_versions_are_refused() -> None:
    """A record of another major version becomes a dead letter that names the version."""
    codec.check_version("1.7")
    codec.check_version(None)
    with pytest.raises(InvalidMessage, match=r"schema-version '2.0'"):
        codec.check_version("2.0")
