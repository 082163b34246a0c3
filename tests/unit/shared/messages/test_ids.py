"""Ids from content: stable for ever, and apart where the parts are."""

from hypothesis import given
from hypothesis import strategies as st

from shared.messages import ids

PARTS = st.lists(st.one_of(st.text(), st.binary()), max_size=5)


@given(st.text(max_size=3), PARTS, st.text(max_size=3), PARTS)
def test_different_parts_have_different_ids(
    kind: str, parts_a: list[str | bytes], other_kind: str, parts_b: list[str | bytes]
) -> None:
    """Also where the joined text is the same: parts are told apart by their lengths."""
    as_bytes = [
        [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts]
        for parts in (parts_a, parts_b)
    ]
    assert (ids.content_id(kind, *parts_a) == ids.content_id(other_kind, *parts_b)) == (
        kind == other_kind and as_bytes[0] == as_bytes[1]
    )


def test_ids_never_change() -> None:
    """They are in topics, ledgers and links: a changed id would notify people a second time."""
    assert ids.article_id("https://news.example/1") == "9e841ffb9317dcba7ff547db34bbfc46"
    assert ids.alert_id("r", "1", "a", "2") == "684d4a6205266b8d5cf24aadac6a4dd1"
    assert ids.notification_id("ops", "a", "b") == "b0db970b64daf925f9fceb2136fca191"


def test_an_id_is_128_bits_in_hexadecimal() -> None:
    """What fits a key, a link and a log line."""
    assert len(ids.article_id("x")) == ids.ID_CHARACTERS
    assert set(ids.article_id("x")) <= set("0123456789abcdef")
