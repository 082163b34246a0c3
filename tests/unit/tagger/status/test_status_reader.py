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

DISTANT_AUXILIARIES = [
    "The port could be [reopened|reopening|planned] by the weekend, the ministry said.",
    "Envoys will fly to Oslo on Monday to [sign|signing|planned] the accord.",
    "The ban may be [lifted|lifting|planned] before the summer.",
    "Flights have been [suspended|halt|asserted] since Monday, the airport said.",
    "The cabinet has already been [informed|notice|asserted], a spokeswoman said.",
]
CLAIMS = [
    "The general was reportedly [shot|death|claimed].",
    "A Tokyo tabloid says the general was [shot|death|claimed].",
    "The general was [shot|death|claimed], a Tokyo tabloid says.",
    "Drones [hit|attack|claimed] a school, Moscow says, without giving evidence.",
    "The army [shelled|attack|claimed] a market, rebels allege.",
    "Kyiv says its drones [destroyed|attack|claimed] three bombers. Moscow called the claim absurd.",
]
PLAIN_NEWS = [
    "The Blue House [denied|statement-denial|asserted] that a letter had arrived.",
    "Tokyo [protested|protest|asserted] to Beijing over the flight on Friday.",
    "The prime minister was [sworn in|inauguration|asserted] on Tuesday.",
    "On Sunday the army said that its chief had [resigned|resignation|asserted].",
    "Talks [collapsed|call-off|asserted] at dawn.",
    "The [visit|visit|asserted] began with a dinner at the palace on Tuesday.",
    "Kim was shown at the [launch|missile-test|asserted] with his daughter on Friday.",
    "It was the first [test|missile-test|asserted] since April, the South's army said on Tuesday.",
    "At 14:05 the minister [resigned|resignation|asserted].",
    "UPDATE 16:30: Parliament has [approved|approval|asserted] the deal.",
    "Hanoi hosted the two men on Wednesday. They [shook|meeting|asserted] hands for the cameras.",
]
BACKGROUND = [
    "A year ago the same general [led|coup|past] the march on the capital.",
    "The treaty was [signed|signing|past] in 1972, when both states were young.",
    "On this day in 1994 the two men [met|meeting|past] in Geneva.",
]


@pytest.mark.parametrize("sentence", [*DISTANT_AUXILIARIES, *CLAIMS, *PLAIN_NEWS, *BACKGROUND])
def test_kinds_that_other_hands_write(sentence: str) -> None:
    """The kinds that the sets of the second and third writer lacked most."""
    assert mistakes("", sentence, date(2024, 5, 14)) == []


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
        "General [shot|death|claimed], Tokyo paper says",
        "President [ousted|coup|asserted] by guards, borders shut",
        "Hostages [freed|release|asserted] after nine hours",
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
        ("de", "Russland hat gestern zwei Raketen [abgefeuert|missile-test|asserted]."),
        ("de", "Die Minister haben sich in Wien auf ein Abkommen [geeinigt|agreement|asserted]."),
        (
            "de",
            "Laut Moskau hat Kiew eine Schule [beschossen|attack|claimed]. Kiew bestreitet das.",
        ),
        ("fr", "Le ministre aurait [démissionné|resignation|claimed], selon un quotidien."),
        ("fr", "Le ministre n'a pas [démissionné|resignation|denied]."),
        ("fr", "Le président a [dissous|dissolution|asserted] l'Assemblée lundi."),
        ("es", "El general habría sido [ejecutado|death|claimed], según un diario de Tokio."),
        ("es", "El presidente [destituyó|dismissal|asserted] al ministro este lunes."),
        ("es", "En 2017 Corea del Norte [probó|nuclear-test|past] una bomba."),
    ],
)
def test_other_languages_as_far_as_their_tables_go(language: str, sentence: str) -> None:
    ((_words, status, verdict),) = verdicts("", sentence, language=language)
    assert verdict.status == status
