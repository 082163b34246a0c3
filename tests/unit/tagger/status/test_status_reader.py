"""The status of event mentions: in a sentence, and in an article."""

from datetime import date

import pytest

from services.tagger.status.event_kind import EventKind
from tests.status_articles import mistakes, read, verdicts

SENTENCES = [
    "North Korea [fired|missile-test|asserted] two missiles on Sunday.",
    "The [launch|missile-test|asserted] drew condemnation from Tokyo.",
    "The parade kept its [missiles|missile-test|denied] out of view.",
    "There was no sign of a [launch|missile-test|denied] on Sunday.",
    "The North has refrained from [testing|missile-test|denied] weapons since November.",
    "Iran has frozen [enrichment|enrichment|denied].",
    "The [summit|summit|denied] has been called off.",
    "Officials dismissed reports of a [coup|coup|denied].",
    "He ruled out a [visit|visit|denied] to Seoul.",
    "The North has not tested a bomb since its last [test|nuclear-test|past] in 2017.",
    "Ten years on, the [attack|attack|past] still divides the town.",
    "The 1953 [armistice|ceasefire|past] was never replaced by a treaty.",
    "Kim vowed to [expand|expansion|planned] his arsenal.",
    "The two sides are in talks to [meet|meeting|planned] in Hanoi.",
    "The army may [launch|attack|planned] an assault.",
    "The rebels claimed to have [shot down|attack|claimed] a jet.",
    "The general was allegedly [executed|death|claimed].",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence(sentence: str) -> None:
    assert mistakes("", sentence) == []


@pytest.mark.parametrize(
    "headline",
    [
        "North Korea [fires|missile-test|asserted] missile",
        "Trump to [meet|meeting|planned] Kim in Hanoi",
        "No [deal|agreement|denied] in Hanoi",
        "Five years after the [coup|coup|past], fear rules",
        "General [executed|death|claimed], says report",
    ],
)
def test_headlines(headline: str) -> None:
    """Headlines have no auxiliaries, and use the present for what has happened."""
    assert mistakes(headline, "") == []


LAUNCH = (
    "North Korea [fired|missile-test|asserted] a ballistic missile on Friday, Seoul said.\n\n"
    "It flew over Japan. Tokyo protested.\n\n"
    "The [launch|missile-test|asserted] was the second in a month.\n\n"
    "The North [tested|nuclear-test|past] its sixth nuclear device in September 2017. The"
    " [blast|nuclear-test|past] was felt in China. Kim [met|meeting|past] Trump the year after."
)
ANALYSIS = (
    "Ties are at a low, analysts say.\n\nNobody expects that to change soon. Both sides wait.\n\n"
    "The North [launched|missile-test|none] dozens of missiles. Its"
    " [tests|missile-test|none] alarmed Tokyo."
)


def test_the_lead_makes_a_later_mention_news() -> None:
    """Background in a later paragraph stays background, without a date of its own, too."""
    assert mistakes("", LAUNCH) == [], "headline and lead"


def test_an_undated_mention_is_news_only_if_headline_or_lead_assert_the_event() -> None:
    assert mistakes("", ANALYSIS) == []
    headline = "North [fires|missile-test|asserted] missile"
    later = verdicts(headline, ANALYSIS)
    assert [verdict.status for _words, _expected, verdict in later] == ["asserted"] * 3


def test_an_undated_mention_of_an_event_that_is_dated_long_ago_is_past() -> None:
    body = (
        "Iran [halted|halt|asserted] inspections last week. It says they may resume. We wait.\n\n"
        "Trump [withdrew|withdrawal|past] from the deal in 2018.\n\n"
        "The [withdrawal|withdrawal|past] wrecked Iran's economy."
    )
    assert mistakes("", body, date(2025, 4, 7)) == []


def test_every_verdict_quotes_the_words_that_decided() -> None:
    ((_words, _status, verdict),) = verdicts("", "Iran denied [seeking|weapon|denied] a bomb.")
    assert verdict.reason == "denied"
    ((_words, _status, verdict),) = verdicts("", "It [tested|test|past] a bomb in 2006.")
    assert verdict.reason == "2006"


def test_one_trigger_alone() -> None:
    """``status`` reads one trigger; the vocabulary tells a noun from a verb."""
    body = "Kim may visit Seoul."
    verdict = read("", body).status("body", 8, 13, EventKind("visit", is_noun=False))
    assert verdict.status == "planned"


def test_languages_without_a_table_abstain() -> None:
    ((_words, _status, verdict),) = verdicts("", "Kim [visita|visit|none] Seul.", language="it")
    assert verdict.status is None


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Der [Gipfel|summit|denied] in Hanoi wurde abgesagt."),
        ("de", "Nordkorea will eine Rakete [testen|missile-test|planned]."),
        ("fr", "La Corée du Nord a [tiré|missile-test|asserted] un missile vendredi."),
        ("fr", "Kim pourrait [rencontrer|meeting|planned] Trump."),
        ("es", "Trump no se [reunió|meeting|denied] con Kim."),
        ("es", "En 2017 Corea del Norte [probó|nuclear-test|past] una bomba."),
    ],
)
def test_other_languages_as_far_as_their_tables_go(language: str, sentence: str) -> None:
    ((_words, status, verdict),) = verdicts("", sentence, language=language)
    assert verdict.status == status
