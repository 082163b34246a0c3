"""An alert on the terminal says what, why, who, and where the time went."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console

from services.console.local.alert_view import panel, time_spent
from shared.messages.codec import decode
from shared.messages.schemas import Alert, Threshold

GOLDEN = Path(__file__).parents[3] / "contract" / "golden" / "Alert.v1.json"
LEDGER = {
    "t-published": "1000",
    "t-fetched": "61000",
    "t-cleaned": "61020",
    "t-tagged": "61025",
    "t-matched": "61035",
}


def render(record_headers: dict[str, str], threshold: Threshold | None = None) -> str:
    console = Console(width=120, record=True, file=StringIO())
    console.print(
        panel(replace(decode(GOLDEN.read_bytes(), Alert), threshold=threshold), record_headers)
    )
    return console.export_text()


def test_everything_a_reader_needs_is_there() -> None:
    """Severity, rule, headline, source, date, the matched sentence, the actor's office that day."""
    text = render(LEDGER)
    for part in (
        "HIGH",
        "A second summit",
        "Trump and Kim to meet",
        "nikkei",
        "2018-09-11 09:30 UTC",
        "Trump will meet Kim.",
        "Donald Trump, president",
    ):
        assert part in text


def test_one_hit_among_many_says_so() -> None:
    """Of a rule with a threshold, the panel says what the alert counts towards."""
    assert "counts towards 5 sources within 90 min" in render(
        LEDGER, Threshold(count=5, within_s=5400, distinct="source")
    )
    assert "counts towards" not in render(LEDGER)


def test_the_latency_ledger_is_shown_hop_by_hop() -> None:
    """A live article shows every hop, including that from publication to us."""
    assert (
        time_spent(LEDGER) == "fetched +60000 ms · cleaned +20 ms · tagged +5 ms · matched +10 ms"
    )


def test_a_replayed_article_makes_no_claim_about_its_publication() -> None:
    """Years between publication and replay do not count as latency."""
    assert (
        time_spent(LEDGER | {"replay-id": "x"})
        == "replayed · cleaned +20 ms · tagged +5 ms · matched +10 ms"
    )


def test_a_ledger_with_holes_shows_what_is_known() -> None:
    """Missing and unreadable checkpoints are left out."""
    assert time_spent({"t-cleaned": "5", "t-tagged": "x", "t-matched": "8"}) == "matched +3 ms"
