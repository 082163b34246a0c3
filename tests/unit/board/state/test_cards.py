from dataclasses import replace
from typing import Any

import orjson
import pytest

from services.board.state.cards import (
    ACTORS,
    EXCERPTS,
    HEADLINE_CHARACTERS,
    Card,
    LatencyHop,
    build_card,
    build_delivery_line,
    latency_hops,
)
from shared.messages.schemas import (
    ActorOnDate,
    Alert,
    AlertOutcome,
    DeliveryState,
    Excerpt,
    Match,
    Span,
    TimeSource,
)
from tests.unit.board.board_samples import START_MS, a_delivery, a_notification, an_alert, stations


def shown(
    alert: Alert,
    headers: dict[str, str] | None = None,
    *,
    recorded_ms: int = START_MS,
    here_ms: int | None = None,
) -> Card:
    return build_card(alert, headers or {}, recorded_ms=recorded_ms, here_ms=here_ms)


def test_a_card_says_what_the_alert_says() -> None:
    """Severity, rule, headline, source, sentence with its marks, actors with offices, and why."""
    seen = shown(an_alert())
    assert (seen.severity, seen.rule, seen.headline, seen.source) == (
        "high",
        "The summit",
        "Leaders meet on Sentosa (1)",
        "Example Wire",
    )
    assert [part.text for part in seen.sentences[0].parts if part.mark] == [
        "Donald Trump",
        "Kim Jong Un",
    ]
    assert [
        (actor.name, office.acting, office.verified)
        for actor in seen.actors
        for office in actor.offices
    ] == [
        ("Donald Trump", False, True),
        ("Kim Jong Un", True, False),
    ]
    assert [(why.clause, why.words) for why in seen.why] == [
        ("actor(donald-trump)", ("Donald Trump",)),
        ("actor(kim-jong-un)", ("Kim Jong Un",)),
    ]


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "/path",
        ),
        *(
            "https://reuters.com@evil.example/",
            "https:\\\\evil.example",
            "https://",
            "http:///x",
            "https://a b/",
            "https://exa\u202emple/x",
        ),
        *("https://" + "a" * 3_000, "https://evil.example\n.reuters.com/", "ftp://a.example/"),
    ],
)
def test_only_plain_web_addresses_are_linked(url: str) -> None:
    """No script, no user name dressed as a host, nothing that a browser would read differently."""
    seen = shown(an_alert(url=url, uri="urn:newsml:1"))
    assert (seen.link, seen.host) == (None, None)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.reuters.com/a?b=c#d", "reuters.com"),
        ("HTTP://news.example:8080/", "news.example"),
        ("https://news.example", "news.example"),
        ("https://[2001:db8::1]/x", "[2001:db8::1]"),
        ("https://news.example/a@b", "news.example"),
        ("https://news.example/김정은", "news.example"),
    ],
)
def test_web_addresses_are_linked_with_their_host(url: str, host: str) -> None:
    """The reader sees where a link leads before following it."""
    seen = shown(an_alert(url=url))
    assert (seen.link, seen.host) == (url, host)


def test_the_uri_is_linked_where_there_is_no_url() -> None:
    """Many feeds give only one of the two."""
    assert shown(an_alert(url=None, uri="https://news.example/7")).link == "https://news.example/7"


def test_hostile_text_is_carried_as_text_and_cut() -> None:
    """Markup stays what it is for the page to show as text; a huge message makes a small card."""
    markup = "<script>alert(1)</script>" * 10_000
    excerpt = Excerpt(
        field="body", text=markup, marks=tuple(Span(start=i, end=i + 1) for i in range(0, 2_000, 2))
    )
    hostile = an_alert(
        headline=markup,
        source=markup,
        rule_title=markup,
        excerpts=(excerpt,) * 50,
        actors=(ActorOnDate(actor="x", name=markup),) * 50,
        matches=tuple(
            Match(clause=f"{i}{markup}", field="body", start=0, end=1, surface=markup)
            for i in range(50)
        ),
        destinations=(markup,) * 50,
    )
    seen = shown(hostile)
    assert seen.headline.startswith("<script>alert(1)")
    assert len(seen.headline) == HEADLINE_CHARACTERS
    assert (len(seen.sentences), seen.more_sentences, len(seen.actors), seen.more_actors) == (
        EXCERPTS,
        50 - EXCERPTS,
        ACTORS,
        50 - ACTORS,
    )
    assert len(orjson.dumps(seen)) < 100_000


def test_an_alert_without_anything_optional_is_shown() -> None:
    """No ledger, no excerpt, no actor, no headline, no destination: still a card, ordered by its
    record's time.
    """
    seen = shown(
        an_alert(headline="", excerpts=(), actors=(), matches=(), destinations=(), rule_title=""),
        recorded_ms=77,
    )
    assert (seen.order, seen.hops, seen.sentences, seen.actors, seen.why) == (77, (), (), (), ())
    assert seen.rule == "summit"


def test_the_order_is_when_it_was_matched() -> None:
    """The ledger's last station, not the record's arrival."""
    assert shown(an_alert(), stations(), recorded_ms=1).order == START_MS + 300


def test_the_time_source_is_told() -> None:
    """The page must say where nobody knows the publication time."""
    assert shown(an_alert(event_time_source=TimeSource.FETCHED)).published_by == "fetched"


def test_hops_lead_from_publication_to_here() -> None:
    """Every station is there: five hops in seconds."""
    assert latency_hops(stations(), START_MS + 420) == (
        LatencyHop(start="published", end="fetched", seconds=40.0),
        LatencyHop(start="fetched", end="cleaned", seconds=0.1),
        LatencyHop(start="cleaned", end="tagged", seconds=0.15),
        LatencyHop(start="tagged", end="matched", seconds=0.05),
        LatencyHop(start="matched", end="here", seconds=0.12),
    )


def test_a_missing_station_joins_its_neighbours() -> None:
    """Time is not lost from the sum, and the hop says which two stations it spans."""
    times = {
        name: at for name, at in stations().items() if name not in ("t-published", "t-tagged")
    } | {"t-cleaned": "soon"}
    assert latency_hops(times, None) == (LatencyHop(start="fetched", end="matched", seconds=0.3),)


@pytest.mark.parametrize("published", [-3 * 86_400_000, 5_000])
def test_a_publication_long_ago_or_to_come_is_no_hop(published: int) -> None:
    """An article found days later, or dated in the future, was not slow because of us."""
    assert latency_hops(stations(published=published), None)[0].start == "fetched"


def test_a_replay_shows_only_what_this_run_did() -> None:
    """Publication and fetching were another day's."""
    seen = shown(an_alert(), stations() | {"replay-id": "r1"}, here_ms=START_MS + 320)
    assert seen.replayed
    assert [hop.end for hop in seen.hops] == ["tagged", "matched", "here"]


def test_clocks_that_differ_show_as_less_than_nothing() -> None:
    """Nothing is hidden: a station before its predecessor gives a negative hop."""
    assert latency_hops(stations(tagged=50), None)[2].seconds == -0.05


LINES: list[tuple[Any, Any, str]] = [
    (None, None, "undecided"),
    (AlertOutcome.NOTIFIED, None, "waiting"),
    (AlertOutcome.FOLDED, None, "folded"),
    (AlertOutcome.SILENCED, None, "silenced"),
    *((AlertOutcome.NOTIFIED, state, state.value) for state in DeliveryState),
]


@pytest.mark.parametrize(("outcome", "state", "said"), LINES)
def test_a_line_says_how_far_it_is(
    outcome: AlertOutcome | None, state: DeliveryState | None, said: str
) -> None:
    """The ledger first, else the decision, else that there is none."""
    delivery = a_delivery(a_notification(an_alert()), state) if state else None
    assert build_delivery_line("slack:newsroom", outcome, "", delivery).state == said


def test_a_line_tells_doubt_and_answer() -> None:
    """What an operator wants to know of a delivery that did not go well."""
    delivery = replace(
        a_delivery(a_notification(an_alert()), DeliveryState.PARKED),
        attempts=4,
        in_doubt=2,
        answer="403 no_service",
    )
    told = build_delivery_line("slack:newsroom", AlertOutcome.NOTIFIED, "first", delivery)
    assert (told.attempts, told.in_doubt, told.note) == (4, 2, "403 no_service")
