"""What publishers say of a version at its start, and headlines that only look like it."""

import json
from collections.abc import Callable

import pytest

from services.cleaner.pipeline import clean
from shared.messages.schemas import CleanArticle, RawArticle
from shared.text.signals import parse_signal

SIGNALS = {
    "kill": """
        BULLETIN KILL
        MANDATORY KILL: BC-US--Trump-Kim
        KILL: Trump-Kim summit story
        KILL
        STORY REMOVED: BC-AS--Koreas Summit
        WITHDRAWN-Trump says talks are over
        WITHDRAWN: Trump says talks are over
        (Withdraws story that was sent in error)
        ANULACIÓN: Cumbre de Hanói
        [전문취소] 북미 정상회담
    """,
    "correction": """
        CORRECTED-Trump says will meet Kim
        CORRECTED-UPDATE 1-Trump says will meet Kim
        CORRECTED (OFFICIAL)-Trump says will meet Kim
        CORRECTED: Trump says will meet Kim
        CORRECTION: Trump-Kim story
        Correction: Trump-Kim story
        Clarification: Summit story
        (Corrects spelling of name in paragraph 3)
        (Corrects day of talks to Tuesday, not Monday) HANOI, Feb 27 (Reuters) - The two
        (This Feb. 27 story corrects the date in the second paragraph)
        Eds: CORRECTS: first name of the envoy
        BERICHTIGUNG: Gipfel in Hanoi
        (Berichtigung: Name im zweiten Absatz)
        CORREGIDO-Trump se reunirá con Kim
        RECTIFICATIF: Sommet de Hanoï
        [정정] 북미 정상회담
        (訂正)米朝首脳会談
    """,
    "refile": """
        REFILE-Trump says will meet Kim
        (Refiles to fix typo in headline)
        (This story has been refiled to add a dropped word)
    """,
    "repeat": """
        RPT-Trump says will meet Kim
        (Repeats to additional subscribers)
    """,
    "update": """
        UPDATE 2-Trump says will meet Kim
        UPDATED: Trump says will meet Kim
        (Adds quote from envoy, background)
        (Updates with reaction)
        (LEAD) S. Korea hopes for talks
        (2nd LD) S. Korea hopes for talks
        (종합2보) 북미 정상회담
        ACTUALIZA 1-Trump se reunirá con Kim
    """,
}
NONE = """
    Kill bill passes House
    Kill: the sequel nobody asked for
    KILL BILL PASSES HOUSE
    KILL-OR-CURE TALKS BEGIN
    KILLED: three soldiers in ambush
    Correction in markets deepens
    CORRECTION IN MARKETS DEEPENS
    CORRECTION-PRONE MARKETS FALL
    Corrected figures show growth
    Withdrawn troops return
    WITHDRAWAL OF TROOPS BEGINS
    Update on the summit
    UPDATE ON THE SUMMIT
    Update 2 of the software is out
    Repeat offenders face prison
    (Reuters) - The two leaders
    (Correctional facilities are full)
    Additional talks are planned
    Leaders meet (Corrects date)
    LEAD POISONING RISES
"""
CASES = [
    (kind, form.strip()) for kind, forms in SIGNALS.items() for form in forms.strip().split("\n")
]
BODY = (
    "HANOI (Wire) -- The delegations met on Tuesday and agreed to meet again. A date is still to "
    "be named, they said.\n\nThey said so in Hanoi."
)


@pytest.mark.parametrize(("kind", "text"), CASES, ids=[text for _, text in CASES])
def test_the_usual_forms_are_known(kind: str, text: str) -> None:
    """The forms are those of the agencies."""
    signal = parse_signal(text)
    assert signal is not None
    assert signal[0] == kind


@pytest.mark.parametrize("text", [line.strip() for line in NONE.strip().split("\n")])
def test_news_is_news(text: str) -> None:
    """Words alone are no signal, and neither is a form that is not at the start."""
    assert parse_signal(text) is None


def cleaned(raw: RawArticle) -> CleanArticle:
    outcome = clean(raw)
    assert isinstance(outcome, CleanArticle)
    return outcome


def test_a_kill_takes_the_article_back(raw: Callable[..., RawArticle]) -> None:
    """The status is canceled, and the evidence names the words."""
    article = cleaned(raw(f"KILL: Talks to resume\n\n{BODY}\n"))
    assert (article.signal, article.pubstatus) == ("kill", "canceled")
    assert article.evidence["signal"] == "headline: KILL"


def test_a_correction_stays_usable_and_is_another_revision(raw: Callable[..., RawArticle]) -> None:
    """It corrects the article and does not cancel it."""
    article, before = (
        cleaned(raw(f"CORRECTED-Talks to resume\n\n{BODY}\n")),
        cleaned(raw(f"Talks to resume\n\n{BODY}\n")),
    )
    assert (article.signal, article.pubstatus) == ("correction", "usable")
    assert (before.signal, before.version) == (None, 1)
    assert article.revision != before.revision


def test_a_note_above_or_below_the_headline_counts(raw: Callable[..., RawArticle]) -> None:
    """Wires put it on a line of its own."""
    assert (
        cleaned(
            raw(f"MANDATORY KILL\n\nDelegations agree to meet again in Hanoi\n\n{BODY}\n")
        ).pubstatus
        == "canceled"
    )
    lead = cleaned(
        raw(
            "Delegations agree to meet again in Hanoi\n\n(Corrects day of the meeting to "
            f"Tuesday.)\n\n{BODY}\n"
        )
    )
    assert lead.signal == "correction"


def test_a_wires_own_status_and_version_stand(raw: Callable[..., RawArticle]) -> None:
    """A signal does not change them."""
    item = {
        "uri": "urn:w:1",
        "headline": "CORRECTED-Talks to resume",
        "body_text": BODY,
        "pubstatus": "withheld",
        "version": "4",
    }
    article = cleaned(raw(json.dumps(item), content_type="application/json"))
    assert (article.signal, article.pubstatus, article.version) == (
        "correction",
        "withheld",
        4,
    )
