from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.alerting.explain.failure import holds
from services.alerting.explain.missed import MissedReport, NoHitsError, find_missed
from services.alerting.language.document import prepare
from services.alerting.language.parsing.parse import parse
from shared.messages.schemas import TaggedArticle
from tests.builders import build_clean_article

PLACES = ("Wonsan", "Hamhung", "Sinpo", "Kusong", "Sunan", "Tongchang")
TRADE = (
    "Carmakers in Ulsan and Detroit fear tariffs on steel. Ministers meet in Brussels about trade."
)


def article(number: int, body: str, headline: str = "News") -> TaggedArticle:
    clean = build_clean_article(
        body,
        article_id=f"{number:032x}",
        headline=f"{headline} {number}",
        event_time=datetime(2019, 5, 4, tzinfo=UTC) + timedelta(hours=6 * number),
    )
    return TaggedArticle(article=clean, tagger_revision="t")


def launch(number: int, weapon: str) -> TaggedArticle:
    place = PLACES[number % len(PLACES)]
    body = (
        f"Pyongyang launched a {weapon} from {place} toward the sea, Seoul's joint chiefs said."
        f" It flew {200 + number} kilometres at low altitude."
    )
    return article(number, body)


CORPUS = [
    *(launch(number, "missile") for number in range(6)),
    *(launch(number, "projectile") for number in range(6, 10)),
    *(article(number, TRADE) for number in range(10, 38)),
    article(38, "A projectile of chalk hit the teacher in Leeds."),
    article(39, "The village fête raised money for the projectile museum in Leeds."),
]


def missed_by(when: str, articles: list[TaggedArticle]) -> MissedReport:
    return find_missed(parse(when), ((item, prepare(item)) for item in articles))


def test_articles_like_the_hits_are_shown_first() -> None:
    """The launches of projectiles read like those of missiles; the trade news does not."""
    report = missed_by("missile*", CORPUS)
    assert (report.articles, report.hits) == (40, 6)
    assert {missed.headline for missed in report.missed[:4]} == {f"News {n}" for n in range(6, 10)}
    assert all(missed.clause == "missile*" for missed in report.missed)
    assert not any(
        "News 1" in missed.headline and len(missed.headline) > 6 for missed in report.missed
    )


def test_the_word_that_is_missing_is_suggested_with_its_cost() -> None:
    """It lets in four launches and two articles about something else, in 9.75 days."""
    report = missed_by("missile*", CORPUS)
    word = next(s for s in report.suggestions if s.word == "projectile")
    assert (word.similar, word.articles) == (4, 6)
    assert word.messages_per_day == pytest.approx(6 / 9.75)


def test_a_second_clause_bounds_the_cost() -> None:
    """With Pyongyang beside it, the word lets in the launches only."""
    report = missed_by("missile* AND pyongyang", CORPUS)
    word = next(s for s in report.suggestions if s.word == "projectile")
    assert (word.similar, word.articles) == (4, 4)
    assert word.clause == "missile*"


@pytest.mark.parametrize(
    "when",
    [
        "missile*",
        "(missile* OR rocket*) AND pyongyang",
        "missile* W/5 launched",
        "body(missile*) AND NOT detroit",
        "pyongyang AND lead(missile* W/S launched)",
    ],
)
def test_every_suggested_rule_fires_on_what_it_promises(when: str) -> None:
    """The count of each suggestion is that of the articles on which its rule fires in addition."""
    documents = [prepare(item) for item in CORPUS]
    before = sum(holds(parse(when), document) for document in documents)
    report = missed_by(when, CORPUS)
    assert any(suggestion.word == "projectile" for suggestion in report.suggestions)
    for suggestion in report.suggestions:
        after = sum(holds(parse(suggestion.rule), document) for document in documents)
        assert after - before == suggestion.articles


def test_no_word_helps_where_two_clauses_fail() -> None:
    """One word cannot stand for two; the articles are shown all the same."""
    report = missed_by("missile* AND altitude AND ballistic*", [*CORPUS, BALLISTIC])
    assert report.missed
    assert not any(s.word == "projectile" for s in report.suggestions)


BALLISTIC = article(
    40, "Pyongyang launched a ballistic missile at low altitude, Seoul's chiefs said."
)


def test_words_of_the_deck_are_words_of_the_article() -> None:
    """What only the standfirst says makes articles alike, and can be suggested."""
    trade = [article(number, TRADE) for number in range(10, 38)]
    hits, alike = (
        [with_deck(article(number, f"{opening} on day {number}."), deck) for number in numbers]
        for opening, numbers, deck in (
            ("Officials spoke of a missile", range(5), "Fishermen near Wonsan heard the blast."),
            ("Officials would not speak", range(5, 8), "Fishermen near Wonsan heard the rocket."),
        )
    )
    report = missed_by("missile", [*hits, *alike, *trade])
    assert {missed.headline for missed in report.missed[:3]} == {f"News {n}" for n in range(5, 8)}
    assert "rocket" in {suggestion.word for suggestion in report.suggestions}


def with_deck(tagged: TaggedArticle, deck: str) -> TaggedArticle:
    return replace(tagged, article=replace(tagged.article, deck=deck))


def test_a_rule_without_hits_is_refused() -> None:
    """Nothing can be like hits that are not there."""
    with pytest.raises(NoHitsError, match="none of 40 articles"):
        missed_by("submarine", CORPUS)
