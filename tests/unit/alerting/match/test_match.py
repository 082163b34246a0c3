from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.alerting.language.parsing.parse import parse
from services.alerting.match.match import MAX_MATCHES_PER_CLAUSE, match
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from shared.messages.codec import encode
from shared.messages.schemas import (
    ActorOnDate,
    CountryMention,
    KeywordHit,
    Mention,
    OfficeHeld,
    PubStatus,
    Rule,
    Severity,
    TaggedArticle,
)
from tests.builders import build_clean_article

BODY = (
    "Secretary of State Mike Pompeo flew to Pyongyang. “Kim wrote a letter,” he said.\n\n"
    "The letter asked for a second summit in the U.S. soon."
)


def article(
    body: str = BODY,
    headline: str = "Pompeo in Pyongyang",
    pubstatus: PubStatus = "usable",
    **tags: Any,
) -> TaggedArticle:
    clean = build_clean_article(
        body,
        article_id="a" * 32,
        revision="b" * 32,
        uri="https://wire.example/1",
        source="nikkei",
        headline=headline,
        event_time=datetime(2018, 9, 11, tzinfo=UTC),
        content_sha256="c" * 64,
        signature=(1, 2),
        pubstatus=pubstatus,
    )
    return TaggedArticle(article=clean, tagger_revision="t", **tags)


def rule(rule_id: str, when: str) -> LoadedRule:
    made = Rule(
        rule_id=rule_id,
        revision=f"r-{rule_id}",
        title=rule_id.title(),
        severity=Severity.HIGH,
        when=when,
        destinations=("slack:newsroom",),
    )
    return LoadedRule(rule=made, tree=parse(when), file="rules.yaml")


def rules(*whens: str) -> RuleSet:
    return RuleSet(tuple(rule(f"rule-{number}", when) for number, when in enumerate(whens)))


POMPEO: dict[str, Any] = {
    "mentions": (
        Mention(
            field="headline", start=0, end=6, surface="Pompeo", kind="surname", actor="mike-pompeo"
        ),
        Mention(
            field="body",
            start=0,
            end=18,
            surface="Secretary of State",
            kind="office",
            actor="mike-pompeo",
            office="us-secretary-of-state",
        ),
        Mention(
            field="body", start=19, end=30, surface="Mike Pompeo", kind="name", actor="mike-pompeo"
        ),
    ),
    "actors": (
        ActorOnDate(
            actor="mike-pompeo",
            name="Mike Pompeo",
            offices=(
                OfficeHeld(
                    office="us-secretary-of-state",
                    title="Secretary of State",
                    acting=False,
                    verified=True,
                ),
            ),
        ),
    ),
    "countries": (
        CountryMention(
            field="body", start=39, end=48, surface="Pyongyang", iso3="PRK", metonym=True
        ),
    ),
    "keywords": (KeywordHit(field="body", start=62, end=68, surface="letter", keyword="letter"),),
}


def test_an_alert_says_which_words_met_which_clause() -> None:
    """Spans point into the text, and ids come from content only.

    The alert carries what the rule and the article say.
    """
    (alert,) = match(
        article(**POMPEO), rules("headline(pompeo) AND actor(mike-pompeo) W/S country(prk)")
    )
    assert (alert.rule_id, alert.rule_title, alert.severity, alert.destinations) == (
        "rule-0",
        "Rule-0",
        Severity.HIGH,
        ("slack:newsroom",),
    )
    assert [(found.clause, found.field, found.surface) for found in alert.matches] == [
        ("headline(pompeo)", "headline", "Pompeo"),
        ("actor(mike-pompeo) W/S country(prk)", "body", "Secretary of State"),
        ("actor(mike-pompeo) W/S country(prk)", "body", "Mike Pompeo"),
        ("actor(mike-pompeo) W/S country(prk)", "body", "Pyongyang"),
    ]
    assert all(
        found.surface
        == {"headline": "Pompeo in Pyongyang", "body": BODY}[found.field][found.start : found.end]
        for found in alert.matches
    )
    assert alert.actors == POMPEO["actors"]
    assert alert.reliability is None


def test_an_alert_says_what_the_operator_thinks_of_the_source() -> None:
    """So that routes and silences may match it."""
    tagged = article(**POMPEO)
    from_rumours = replace(tagged, article=replace(tagged.article, reliability="low"))
    (alert,) = match(from_rumours, rules("headline(pompeo)"))
    assert alert.reliability == "low"


def test_an_office_is_found_by_its_name_and_by_its_holder() -> None:
    """office() matches the office's name, and whoever held it on the article's date."""
    (alert,) = match(article(**POMPEO), rules("office(us-secretary-of-state)"))
    assert [(found.field, found.surface) for found in alert.matches] == [
        ("headline", "Pompeo"),
        ("body", "Secretary of State"),
        ("body", "Mike Pompeo"),
    ]


@pytest.mark.parametrize("when", ["keyword(letter)", "country(prk)", "keyword(letter) W/S said"])
def test_other_tags_are_found_too(when: str) -> None:
    """Rules can ask for keywords and countries of the tagger by id."""
    assert len(match(article(**POMPEO), rules(when))) == 1


def test_alerts_come_by_rule_and_only_from_rules_that_fire() -> None:
    """There is one alert per rule, in the order of the set; the same input gives the same bytes."""
    several = rules("letter", "golf", "summit", "letter AND NOT golf")
    alerts = match(article(), several)
    assert [alert.rule_id for alert in alerts] == ["rule-0", "rule-2", "rule-3"]
    assert [encode(alert) for alert in alerts] == [
        encode(alert) for alert in match(article(), several)
    ]
    assert len({alert.alert_id for alert in alerts}) == 3


def test_a_new_revision_of_the_article_is_a_new_alert() -> None:
    """The id contains rule, rule revision, article and article revision."""
    first = article()
    second = replace(first, article=replace(first.article, revision="d" * 32))
    assert match(first, rules("letter"))[0].alert_id != match(second, rules("letter"))[0].alert_id


def test_a_withheld_article_raises_nothing() -> None:
    """An embargo holds until a usable revision comes."""
    assert match(article(pubstatus="withheld"), rules("letter")) == ()


def test_a_canceled_article_says_so() -> None:
    """A kill reaches the readers of the rules that its text still meets, marked as canceled."""
    assert [alert.pubstatus for alert in match(article(pubstatus="canceled"), rules("letter"))] == [
        "canceled"
    ]


def test_a_common_word_does_not_swell_the_alert() -> None:
    """Each clause shows its first matches only; the rule fires all the same."""
    (alert,) = match(article(body="war " * 5_000), rules("war AND ATLEAST3(war)"))
    assert len(alert.matches) == 2 * MAX_MATCHES_PER_CLAUSE
