from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.examine import PartialResult, examine
from services.alerting.backtest.nearest import MAX_MISSES
from services.alerting.backtest.prefilter import Prefilter
from services.alerting.backtest.report import BacktestReport, build_report
from services.alerting.backtest.required_terms import clauses
from services.alerting.count.burst_dispatches import decide
from services.alerting.explain.failure import count_missing_clauses, failures
from services.alerting.language.document import prepare
from services.alerting.language.evaluate import evaluate
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.parse import parse
from services.alerting.match.match import match
from services.alerting.rules.fields import InlineArticle
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from services.console.rules.embedded_rule_tests import to_clean_article
from shared.base.outcomes import InvalidMessage
from shared.messages.codec import decode, encode
from shared.messages.ids import content_id
from shared.messages.schemas import (
    CountryMention,
    EventMention,
    KeywordHit,
    Mention,
    Rule,
    Severity,
    TaggedArticle,
    Threshold,
)
from shared.stream.state_store import StateStore
from tests.builders import invent_words
from tests.hypothesis_profiles import examples

START = datetime(2018, 9, 1, 12, tzinfo=UTC)


def rule(
    rule_id: str, when: str, destinations: tuple[str, ...] = ("slack:newsroom", "console:desk")
) -> LoadedRule:
    tree = parse(when)
    revision = content_id(rule_id, canonical(tree))
    made = Rule(
        rule_id=rule_id,
        revision=revision,
        title="T",
        severity=Severity.LOW,
        when=canonical(tree),
        destinations=destinations,
    )
    return LoadedRule(rule=made, tree=tree, file="rules.yaml")


def policy(*candidates: LoadedRule, in_force: tuple[LoadedRule, ...] = ()) -> RuleComparison:
    return RuleComparison.of(RuleSet(candidates), RuleSet(in_force))


def article(
    body: str, *, day: int = 0, headline: str = "Report", deck: str = "", tags: bool = True
) -> TaggedArticle:
    clean = to_clean_article(
        InlineArticle(
            headline=headline,
            deck=deck,
            body=body,
            date=START + timedelta(days=day),
            source="nikkei",
        )
    )
    where = body.find("Kim")
    mentions = (
        (
            Mention(
                field="body",
                start=where,
                end=where + 3,
                surface="Kim",
                kind="name",
                actor="kim-jong-un",
            ),
        )
        if where >= 0 and tags
        else ()
    )
    seoul = body.find("Seoul")
    countries = (
        (
            CountryMention(
                field="body", start=seoul, end=seoul + 5, surface="Seoul", iso3="KOR", metonym=True
            ),
        )
        if seoul >= 0
        else ()
    )
    return TaggedArticle(
        article=clean,
        tagger_revision="t",
        mentions=mentions,
        countries=countries,
        event_mentions=events_of(body),
        keywords=keywords_of(body),
    )


def events_of(body: str) -> tuple[EventMention, ...]:
    """Return a meeting for each "summit"; it is denied if "us" is in the text, too."""
    at = body.find("summit")
    return (
        (
            EventMention(
                field="body",
                start=at,
                end=at + 6,
                surface="summit",
                event="meeting",
                status="denied" if "us" in body.split() else "asserted",
                reason="r",
                who="kim-jong-un",
                to="USA",
                reciprocal=True,
            ),
        )
        if at >= 0
        else ()
    )


def keywords_of(body: str) -> tuple[KeywordHit, ...]:
    at = body.find("museum")
    return (
        (KeywordHit(field="body", start=at, end=at + 6, surface="museum", keyword="museum"),)
        if at >= 0
        else ()
    )


def run_backtest(records: list[bytes], tested: RuleComparison, size: int = 1_000) -> BacktestReport:
    whole = PartialResult()
    for at in range(0, len(records), size):
        whole.add(examine(records[at : at + size], tested))
    return build_report(whole, tested)


WORDS = [
    "trump",
    "Trump’s",
    "Kim",
    "summit",
    "summits",
    "U.S.",
    "US",
    "us",
    "Zürich",
    "zurich",
    "O’Brien",
    "1,000",
    "ß.ß.",
    "Seoul",
    "mu\u00adseum",
    "museum",
    "ＫＩＭ",
]
TERMS = [
    "trump",
    "kim",
    "summit",
    "U.S.",
    "exact(US)",
    "us",
    "zurich",
    "O'Brien",
    "1,000",
    "ssss",
    "museum",
    "summ*",
    "s?mmit",
    '"kim summit"',
    '"kim summ*"',
    '"k?m zur*"',
    "金正恩",
]
TAGS = [
    "actor(kim-jong-un)",
    "actor(donald-trump)",
    "country(kor)",
    "event(meeting)",
    "event(meeting, status=any)",
    "event(meeting, status=denied, who=country(usa))",
    "keyword(museum)",
    "source(nikkei)",
]
TEXTS = st.lists(st.sampled_from([*WORDS, ".", "\n\n", '"', "金正恩", "\\"]), max_size=10).map(
    " ".join
)
SIMPLE = st.sampled_from([*TERMS, *TAGS[:-1]])
CLAUSES = st.one_of(
    SIMPLE,
    st.builds("{} W/3 {}".format, SIMPLE, SIMPLE),
    st.builds("{} NOT W/3 {}".format, SIMPLE, SIMPLE),
)
RULES = st.one_of(
    CLAUSES,
    st.builds("({} OR {}) AND {}".format, CLAUSES, CLAUSES, CLAUSES),
    st.builds("headline({}) AND NOT {}".format, CLAUSES, CLAUSES),
    st.builds("deck({}) AND asserted({})".format, CLAUSES, CLAUSES),
    st.builds("ATLEAST2({}) AND lead({}) AND source(nikkei)".format, SIMPLE, CLAUSES),
)


@examples(600)
@given(when=RULES, body=TEXTS, deck=TEXTS, headline=TEXTS)
def test_what_a_glance_misses_is_missing(when: str, body: str, deck: str, headline: str) -> None:
    """The prefilter reports nothing missing for a rule that fires.

    What it does report missing is missing from the article.
    """
    tree, tagged = parse(when), article(body, deck=deck, headline=headline)
    seen, document = (
        Prefilter.from_record(encode(tagged)).count_missing(clauses(tree)),
        prepare(tagged),
    )
    assert seen <= count_missing_clauses(tree, document)
    if evaluate(tree, document) is not None:
        assert seen == 0


RECORDS = [
    encode(article(f"{lead} Number {number}.", day=number % 5))
    for number in range(40)
    for lead in (
        "Trump met Kim at the summit.",
        "Trump wanted a summit. He never met Kim.",
        "Kim left.",
        "The harvest was good.",
    )
]


def test_alerts_and_notifications_are_those_of_the_live_functions() -> None:
    """The ids are those of match, though most records are only prefiltered."""
    tested = policy(rule("met", "trump W/S kim"), rule("harvest", "harvest AND NOT kim"))
    report = run_backtest(RECORDS, tested)
    live = [
        alert
        for record in RECORDS
        for alert in match(decode(record, TaggedArticle), tested.candidate)
    ]
    assert {alert.alert_id for alert in report.alerts} == {alert.alert_id for alert in live}
    outcomes = Counter(
        (one.destination, alert.alert_id) for one in report.notifications for alert in one.alerts
    )
    destinations = {one.destination for one in report.notifications}
    assert len(destinations) == 2
    expected = {(name, alert.alert_id) for alert in live for name in destinations}
    assert outcomes == dict.fromkeys(expected, 1), "each alert has one outcome at each"
    posted = [one for one in report.notifications if one.outcome == "notified"]
    assert report.messages == sum(one.destination.startswith("slack:") for one in posted)
    assert 0 < report.messages <= len(live)
    assert sum(day.alerts for day in report.days) == len(live) == 80


def test_a_threshold_is_counted_as_live() -> None:
    """A burst of three within two days is one message; counted and folded alerts are none."""
    counting = rule("met", "trump W/S kim")
    counting = replace(
        counting,
        rule=replace(
            counting.rule, threshold=Threshold(count=3, within_s=2 * 86_400, distinct="article")
        ),
    )
    report = run_backtest(RECORDS, policy(counting))
    state = StateStore()
    ordered = sorted(report.alerts, key=lambda one: (one.event_time, one.alert_id))
    live = [decide(alert, state) for alert in ordered]
    facts = {fact for decision in live for fact in decision.facts}
    assert {one for one in report.notifications if one.outcome != "notified"} == facts
    bursts = [dispatch for decision in live for dispatch in decision.dispatches]
    posted = [one for one in report.notifications if one.outcome == "notified"]
    assert sorted(one.story_id for one in posted) == sorted(each.dispatch_id for each in bursts)
    assert report.messages == sum(one.destination.startswith("slack:") for one in posted)
    assert 0 < report.messages < len(report.alerts)


def test_a_record_that_is_there_twice_raises_its_alerts_once() -> None:
    """It is as live: a replay gives the same alerts."""
    report = run_backtest(RECORDS[:4] * 3, policy(rule("met", "trump W/S kim")))
    assert (report.articles, len(report.alerts)) == (12, 1)


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_the_report_does_not_depend_on_chunks_or_order(size: int) -> None:
    """Results may be computed in any parts: the nearest misses are the same, in the same order."""
    tested = policy(
        rule("met", "trump W/2 kim AND seoul"), in_force=(rule("met", "trump AND harvest"),)
    )
    assert run_backtest(list(reversed(RECORDS)), tested, size) == run_backtest(RECORDS, tested)


def test_the_nearest_misses_are_those_of_a_plain_sort() -> None:
    """They are sorted by clauses that lack a word, clauses that fail, and age.

    A slow, obvious sort gives the same.
    """
    when = '"kim summit" AND trump W/2 kim'
    tree = parse(when)
    report = run_backtest(RECORDS, policy(rule("one", when)))
    tagged = [decode(record, TaggedArticle) for record in RECORDS]
    slow = sorted(
        (
            count_missing_clauses(tree, document),
            len(failures(tree, document)),
            -one.article.event_time.timestamp(),
            one.article_id,
        )
        for one in tagged
        for document in [prepare(one)]
    )
    assert [miss.article.article_id for miss in report.misses] == [
        key[3] for key in slow[:MAX_MISSES]
    ]
    assert report.misses[0].why.rule is not None


def test_gained_and_lost_are_told_by_article() -> None:
    """A changed rule is compared with the rule in force that has its id.

    A new rule gains all its alerts, and an unchanged one nothing, whatever its title.
    """
    same = rule("same", "harvest")
    now = (
        rule("met", "trump AND kim"),
        replace(same, rule=replace(same.rule, title="Other", revision="r0")),
    )
    report = run_backtest(
        RECORDS,
        policy(rule("met", "trump W/S kim OR harvest"), same, rule("new", "left"), in_force=now),
    )
    assert [(one.rule, one.alerts, one.gained, one.lost, one.new) for one in report.rules] == [
        ("met", 80, 40, 40, False),
        ("same", 40, 0, 0, False),
        ("new", 40, 40, 0, True),
    ]
    assert {alert.rule_id for alert in report.lost} == {"met"}


def test_days_are_of_event_time_and_a_budget_names_the_worst() -> None:
    """Five days have eight stories each; a day may have an article without an alert."""
    records = [
        encode(article(f"Trump met Kim. {' '.join(invent_words(8 * day + number))}.", day=day))
        for day in range(5)
        for number in range(8)
    ]
    report = run_backtest(
        [*records, encode(article("Nothing.", day=9))], policy(rule("met", "trump W/S kim"))
    )
    assert [(day.day, day.messages) for day in report.days] == [
        *((f"2018-09-0{n}", 8) for n in range(1, 6)),
        ("2018-09-10", 0),
    ]
    assert report.over(8) == ()
    assert [day.day for day in report.over(7)] == [
        "2018-09-01",
        "2018-09-02",
        "2018-09-03",
        "2018-09-04",
        "2018-09-05",
    ]


@pytest.mark.parametrize(
    "record",
    [
        None,
        b"",
        b"{",
        b"[]",
        b'{"article": {"headline": "x", "body": "y", "event_time": "soon"}}',
        b"\xff",
    ],
)
def test_what_is_no_article_is_counted(record: bytes | None) -> None:
    """It neither stops the others nor counts as an article."""
    report = run_backtest([record or b"", RECORDS[0]], policy(rule("met", "trump W/S kim")))
    assert (report.unreadable, report.articles, len(report.alerts)) == (1, 1, 1)


def test_a_glance_at_something_else_says_so() -> None:
    """It raises InvalidMessage, as decoding a message does."""
    with pytest.raises(InvalidMessage, match="not a TaggedArticle"):
        Prefilter.from_record(b'{"article": 1}')


def test_the_compiled_matcher_finds_what_each_rule_by_itself_does() -> None:
    """The report does not show which matcher was used."""
    words = ("Kim", "summit", "venue", "Seoul", "talks", "trade")
    records = [
        encode(article(" ".join(words[: number % 7] + words[number % 5 :]), day=number % 3))
        for number in range(120)
    ]
    rules = (
        rule("a", "kim W/3 summit AND NOT trade"),
        rule("b", "actor(kim-jong-un) OR venue"),
        rule("c", "country(kor) W/S talks"),
    )
    plain = policy(*rules, in_force=(rule("a", "kim"),))
    assert run_backtest(records, replace(plain, compiled=True)) == run_backtest(records, plain)
    assert run_backtest(records, plain).alerts
