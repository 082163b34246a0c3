"""Matchers: what they accept, what they hold for, and that no pattern takes long."""

import re
import time
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.routes.matchers import (
    LabelMatcher,
    Labels,
    MatcherError,
    find_contradiction,
    labels_of,
    match_all,
    parse_matcher,
)
from shared.messages.schemas import ActorOnDate, Alert, Severity
from tests.hypothesis_profiles import examples

LABELS: Labels = {
    "severity": ("high",),
    "rule": ("summit-nuclear",),
    "owner": (),
    "actor": ("kim-jong-un", "donald-trump"),
    "country": ("prk", "usa"),
    "source": ("Yonhap News (Seoul)",),
    "language": ("en",),
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("severity=high", True),
        ("severity == high", True),
        (' severity = "high" ', True),
        ("Severity=HIGH", True),
        ("severity>=medium", True),
        ("severity>=critical", False),
        ("severity<=high", True),
        ("severity<=low", False),
        ("severity!=high", False),
        ("rule=summit-nuclear", True),
        ("rule=~summit-.*", True),
        ("rule=~summit", False),
        ("rule!~.*nuclear", False),
        ("rule=~trade-.*|.*-nuclear", True),
        ("actor=kim-jong-un", True),
        ("actor=donald-trump", True),
        ("actor!=kim-jong-un", False),
        ("actor!=moon-jae-in", True),
        ("actor=~kim-.+", True),
        ("country=KOR", False),
        ("country=PRK", True),
        ('owner=""', True),
        ("owner=", True),
        ("owner!=", False),
        ("owner=~.+", False),
        ("source='Yonhap News (Seoul)'", True),
        (r"source=~Yonhap News \(.*\)", True),
        ("source=~Yonhap.News.*", True),
        ("language=de", False),
    ],
)
def test_a_matcher_holds_for_labels(text: str, holds: bool) -> None:
    """One value of several is enough; a label without a value is the empty text."""
    assert parse_matcher(text).holds(LABELS) is holds


@pytest.mark.parametrize(
    ("text", "message", "suggestion"),
    [
        ("severity", "not a matcher", "severity=critical"),
        ("=critical", "not a matcher", "severity=critical"),
        ("", "not a matcher", "severity=critical"),
        ("serverity=high", "no label 'serverity'", "did you mean severity?"),
        ("alertname=x", "no label 'alertname'", "one of severity, rule"),
        ("severity=hgih", "'hgih' is not a severity", "did you mean high?"),
        ("severity>=17", "'17' is not a severity", "one of info, low"),
        ("rule>=summit", "rule has no order", "use = or =~"),
        ("rule=~summit-[a-z]+", "'[' is not possible", r"write \[ for"),
        ("rule=~(a+)+$", "'(' is not possible", "use ., .*, .+ and |"),
        ("rule=~a*", "'*' is not possible", "use ., .*, .+ and |"),
        ('source="Yonhap', "is not closed", ""),
        ("source=" + "a" * 2_000, "longer than 1000", ""),
    ],
)
def test_a_bad_matcher_says_what_is_wrong(text: str, message: str, suggestion: str) -> None:
    """And how to write it."""
    with pytest.raises(MatcherError) as error:
        parse_matcher(text)
    assert message in str(error.value)
    assert suggestion in error.value.suggestion


@examples(400)
@given(
    pattern=st.lists(st.sampled_from(["a", "b", "-", ".", ".*", ".+", "|"]), max_size=8),
    value=st.text("ab-", max_size=8),
)
def test_a_pattern_means_what_it_means_as_a_regular_expression(
    pattern: list[str], value: str
) -> None:
    """Python's ``re`` is the model; the whole value must match."""
    text = "".join(pattern)
    expected = re.fullmatch(text, value) is not None
    assert LabelMatcher("rule", "=~", text).holds({"rule": (value,)}) is expected
    assert LabelMatcher("rule", "!~", text).holds({"rule": (value,)}) is not expected


def test_no_pattern_takes_long() -> None:
    """A pattern that backtracks would take years on this text."""
    matcher = parse_matcher("source=~" + ".*a" * 30 + ".*b")
    began = time.process_time()
    assert not matcher.holds({"source": ("a" * 100_000,)})
    assert time.process_time() - began < 2


def test_the_labels_of_an_alert(make_alert: Callable[..., Alert]) -> None:
    """They are those that routes and silences speak of."""
    alert = make_alert(
        severity=Severity.LOW,
        owner="asia-desk",
        actors=(ActorOnDate(actor="kim-jong-un", name="Kim"),),
        countries=("prk",),
        reliability="low",
    )
    assert labels_of(alert) == {
        "severity": ("low",),
        "rule": ("second-summit",),
        "owner": ("asia-desk",),
        "actor": ("kim-jong-un",),
        "country": ("prk",),
        "source": ("Example Wire",),
        "language": ("en",),
        "reliability": ("low",),
    }
    assert match_all(
        [parse_matcher("owner=asia-desk"), parse_matcher("country=prk")], labels_of(alert)
    )
    assert match_all([], labels_of(alert))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("severity=low", "severity=high", True),
        ("severity>=high", "severity<=medium", True),
        ("severity>=high", "severity=critical", False),
        ("severity!=low", "severity>=low", False),
        ("severity=~low|info", "severity=high", True),
        ("rule=a", "rule=b", True),
        ("rule=a", "rule!=a", True),
        ("rule=a", "rule=~a.*", False),
        ("owner=asia", "owner=~eu.*", True),
        ("source=", "source=wire", True),
        ("language!=en", "language=en", True),
        ("language!=en", "language!=fr", False),
        ("country=prk", "country=usa", False),  # an article names several
        ("country=prk", "country!=prk", True),
        ("country=prk", "country!=usa", False),
        ("country=prk", "country!~p.*", True),
        ("actor=", "actor=kim-jong-un", True),
        ("actor=kim-jong-un", "actor=~trump|xi", False),
        ("rule=~a|b", "rule=~c", False),  # patterns are not compared
        ("severity=low", "country=prk", False),
    ],
)
def test_two_matchers_that_never_hold_together(first: str, second: str, *, expected: bool) -> None:
    """In either order; where it is not sure, nothing is said."""
    one, two = parse_matcher(first), parse_matcher(second)
    assert (find_contradiction(one, [two]) is not None) is expected
    assert (find_contradiction(two, [one]) is not None) is expected


@pytest.mark.parametrize("label", ["country", "actor", "rule", "severity", "owner"])
def test_what_is_called_a_contradiction_never_holds(label: str) -> None:
    """Tried on every set of up to two values."""
    words = [str(each) for each in Severity][:3] if label == "severity" else ["a", "b", ""]
    operators = ["=", "!=", "=~", "!~"]
    texts = [f"{label}{sign}{word}" for sign in operators for word in words]
    matchers = [parse_matcher(text) for text in texts]
    single: list[tuple[str, ...]] = [(word,) for word in words if word]
    several = [(*one, *two) for one in single for two in single]
    is_several = label in ("country", "actor")
    values = [*single, *(several if is_several else ()), *(() if label == "severity" else ((),))]
    for one, two in product(matchers, matchers):
        if find_contradiction(one, [two]):
            assert not any(match_all((one, two), {label: each}) for each in values)
