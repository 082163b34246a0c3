"""Matchers: what they accept, what they hold for, and that no pattern takes long."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.routes.matchers import (
    LabelMatcher,
    Labels,
    MatcherError,
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
    )
    assert labels_of(alert) == {
        "severity": ("low",),
        "rule": ("second-summit",),
        "owner": ("asia-desk",),
        "actor": ("kim-jong-un",),
        "country": ("prk",),
        "source": ("Example Wire",),
        "language": ("en",),
    }
    assert match_all(
        [parse_matcher("owner=asia-desk"), parse_matcher("country=prk")], labels_of(alert)
    )
    assert match_all([], labels_of(alert))
