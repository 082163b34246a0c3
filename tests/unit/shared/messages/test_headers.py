"""Record headers: read whatever comes, write what the contract says."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.messages import headers

OUT: dict[str, Any] = {
    "value": b"{}",
    "ce_type": "CleanArticle.v1",
    "ce_source": "cleaner",
    "checkpoint": "t-cleaned",
    "now_ms": 1_546_300_800_123,
}


def sent(incoming: headers.RawHeaders, **changes: Any) -> dict[str, str]:
    """The headers of a message that follows from one with these headers."""
    return headers.decode_headers(headers.build_outgoing(incoming, **OUT | changes))


def test_an_outgoing_message_has_the_headers_of_the_contract() -> None:
    """CloudEvents attributes, content type, schema version, trace and this checkpoint only."""
    out = sent([])
    assert list(out) == [
        "ce_id",
        "ce_type",
        "ce_source",
        "ce_time",
        "content-type",
        "schema-version",
        "traceparent",
        "t-cleaned",
    ]
    assert out["ce_time"] == "2019-01-01T00:00:00.123+00:00"
    assert out["t-cleaned"] == "1546300800123"


def test_the_id_comes_from_the_content() -> None:
    """The same message has the same id whenever and wherever it is written."""
    later = {"now_ms": 1, "ce_source": "elsewhere"}
    assert sent([])["ce_id"] == sent([], **later)["ce_id"]
    assert sent([])["ce_id"] != sent([], value=b"[]")["ce_id"]


def test_trace_replay_and_ledger_are_carried_and_nothing_else() -> None:
    """A dead letter's or a stranger's headers do not travel on."""
    incoming = {
        "traceparent": "00-a-b-01",
        "replay-id": "r1",
        "t-published": "1",
        "t-fetched": "2",
        "err.class": "X",
        "cookie": "secret",
    }
    out = sent(headers.encode_headers(incoming))
    assert {
        name: out[name] for name in ("traceparent", "replay-id", "t-published", "t-fetched")
    } == {name: incoming[name] for name in ("traceparent", "replay-id", "t-published", "t-fetched")}
    assert not {"err.class", "cookie"} & set(out)


def test_an_oversized_header_is_not_carried_on() -> None:
    """It could make the next message too large for its topic, and so would its dead letter be."""
    out = sent([("replay-id", b"x" * 100_000), ("traceparent", b"y" * 100_000)])
    assert sum(len(name) + len(value) for name, value in out.items()) < 1_000


def test_of_a_header_that_stands_twice_the_last_counts() -> None:
    """As Kafka's own clients read them."""
    assert headers.decode_headers([("a", b"1"), ("a", b"2"), ("b", None), ("c", b"\xff")]) == {
        "a": "2",
        "b": "",
        "c": "�",
    }


def test_hops_are_between_neighbours_that_are_there() -> None:
    """A station that is missing is bridged."""
    assert headers.hops({"t-published": 1_000, "t-cleaned": 3_500, "t-tagged": 3_600}) == {
        "cleaned": 2.5,
        "tagged": 0.1,
    }


def test_the_last_hop_is_from_the_nearest_station_that_is_there() -> None:
    """A missing checkpoint is bridged; replays and messages without checkpoints give None."""
    incoming_headers = [("t-published", b"1000"), ("t-fetched", b"3500"), ("t-cleaned", b"soon")]
    assert headers.hop_s(incoming_headers, "t-tagged", 4_000) == 0.5
    assert headers.hop_s(incoming_headers[:1], "t-tagged", 4_000) == 3.0
    assert headers.hop_s([*incoming_headers, ("replay-id", b"r1")], "t-tagged", 4_000) is None
    assert headers.hop_s([("t-matched", b"1")], "t-tagged", 4_000) is None


@given(
    st.dictionaries(
        st.sampled_from(headers.CHECKPOINTS),
        st.text(alphabet=st.characters(codec="utf-8"), max_size=20),
    )
)
def test_no_ledger_can_do_harm(hostile: dict[str, str]) -> None:
    """Whatever stands in a time, it is a number or it is left out."""
    assert all(abs(value) < 10**15 for value in headers.latency_record(hostile).values())


def test_a_time_that_only_looks_like_a_number_is_left_out() -> None:
    """'²' is a digit to Python but no number, and one of 5 000 digits is refused by int()."""
    assert headers.latency_record(
        {"t-published": "²", "t-fetched": "9" * 5_000, "t-cleaned": "--5", "t-tagged": "-5"}
    ) == {"t-tagged": -5}


@given(
    st.lists(
        st.tuples(
            st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=8),
            st.text(max_size=20),
        ),
        unique_by=lambda pair: pair[0],
    )
)
def test_written_headers_read_back(pairs: list[tuple[str, str]]) -> None:
    """All but lone surrogates, which UTF-8 does not have."""
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in pairs}
    assert headers.decode_headers(headers.encode_headers(dict(pairs))) == clean
