"""Record headers: read whatever comes, write what the contract says."""

from hypothesis import given
from hypothesis import strategies as st

from shared import headers

OUT = {"value": b"{}", "ce_type": "CleanArticle.v1", "ce_source": "cleaner", "station": "t-cleaned", "now_ms": 1_546_300_800_123}


def test_an_outgoing_message_has_the_headers_of_the_contract() -> None:
    """CloudEvents attributes, content type, schema version, trace and this station, and nothing else."""
    out = headers.outgoing({}, **OUT)  # type: ignore[arg-type]
    assert list(out) == ["ce_id", "ce_type", "ce_source", "ce_time", "content-type", "schema-version", "traceparent", "t-cleaned"]
    assert out["ce_time"] == "2019-01-01T00:00:00.123+00:00"
    assert out["t-cleaned"] == "1546300800123"


def test_the_id_comes_from_the_content() -> None:
    """The same message has the same id whenever and wherever it is written."""
    later = OUT | {"now_ms": 1, "ce_source": "elsewhere"}
    assert headers.outgoing({}, **OUT)["ce_id"] == headers.outgoing({}, **later)["ce_id"]  # type: ignore[arg-type]
    assert headers.outgoing({}, **OUT)["ce_id"] != headers.outgoing({}, **OUT | {"value": b"[]"})["ce_id"]  # type: ignore[arg-type]


def test_trace_replay_and_ledger_are_carried_and_nothing_else() -> None:
    """A dead letter's or a stranger's headers do not travel on."""
    incoming = {"traceparent": "00-a-b-01", "replay-id": "r1", "t-published": "1", "t-fetched": "2", "err.class": "X", "cookie": "secret"}
    out = headers.outgoing(incoming, **OUT)  # type: ignore[arg-type]
    assert {name: out[name] for name in ("traceparent", "replay-id", "t-published", "t-fetched")} == {
        name: incoming[name] for name in ("traceparent", "replay-id", "t-published", "t-fetched")
    }
    assert not {"err.class", "cookie"} & set(out)


def test_an_oversized_header_is_not_carried_on() -> None:
    """It would make the successor larger than its topic takes, and no dead letter could say so any more."""
    out = headers.outgoing({"replay-id": "x" * 100_000, "traceparent": "y" * 100_000}, **OUT)  # type: ignore[arg-type]
    assert sum(len(name) + len(value) for name, value in out.items()) < 1_000


def test_of_a_header_that_stands_twice_the_last_counts() -> None:
    """As Kafka's own clients read them."""
    assert headers.read([("a", b"1"), ("a", b"2"), ("b", None), ("c", b"\xff")]) == {"a": "2", "b": "", "c": "�"}


def test_hops_are_between_neighbours_that_are_there() -> None:
    """A station that is missing is bridged."""
    assert headers.hops({"t-published": 1_000, "t-cleaned": 3_500, "t-tagged": 3_600}) == {"cleaned": 2.5, "tagged": 0.1}


@given(st.dictionaries(st.sampled_from(headers.STATIONS), st.text(alphabet=st.characters(codec="utf-8"), max_size=20)))
def test_no_ledger_can_do_harm(hostile: dict[str, str]) -> None:
    """Whatever stands in a time, it is a number or it is left out."""
    assert all(abs(value) < 10**15 for value in headers.ledger(hostile).values())


def test_a_time_that_only_looks_like_a_number_is_left_out() -> None:
    """'²' is a digit to Python but no number, and one of 5 000 digits is refused by int()."""
    assert headers.ledger({"t-published": "²", "t-fetched": "9" * 5_000, "t-cleaned": "--5", "t-tagged": "-5"}) == {"t-tagged": -5}


@given(
    st.lists(st.tuples(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=8), st.text(max_size=20)), unique_by=lambda pair: pair[0])
)
def test_written_headers_read_back(pairs: list[tuple[str, str]]) -> None:
    """All but lone surrogates, which UTF-8 does not have."""
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in pairs}
    assert headers.read(headers.write(dict(pairs))) == clean
