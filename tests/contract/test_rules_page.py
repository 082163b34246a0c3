"""The analysts' page is true: every example in docs/rules.md does what it says."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.alerting.bursts import told
from services.alerting.language.check import Vocabulary, check
from services.alerting.language.document import prepare
from services.alerting.language.errors import LanguageError
from services.alerting.language.evaluate import evaluate
from services.alerting.language.parse import parse
from services.alerting.match import match, matched
from services.alerting.rule_fields import InlineArticle
from services.alerting.rules import read_files
from services.console.rule_trials import as_article, trials
from services.tagger.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from shared.schemas import AlertOutcome, CleanArticle, Span, TaggedArticle
from shared.settings import project_root
from shared.store import State

ROOT = project_root()
PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")


def rows(header: str) -> list[list[str]]:
    """The rows of every table of the page that has this header; code spans without their backticks."""
    found = re.findall(rf"^\| {re.escape(header)} \|\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return [[cell.strip().strip("`").replace("¶", "\n\n") for cell in line.strip("|\n").split("|")] for table in found for line in table.splitlines()]


EXAMPLES = rows("expression | fires on | does not fire on")
ORDINALS = dict(enumerate(("1st", "2nd", "3rd", "4th", "5th", "6th"), 1))
ERRORS = rows("written | code | suggestion")


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(ROOT / "seeds" / "actors", ROOT / "seeds" / "keywords")


REPEATED = rows("expression | fires on | is suppressed on")
THRESHOLDS = rows("threshold | articles as they come: minute and source | messages")


def test_the_page_has_its_tables() -> None:
    """The tests below read the page: they must find what they test."""
    assert len(EXAMPLES) >= 30
    assert len(ERRORS) >= 10
    assert len(THRESHOLDS) >= 6
    assert len(REPEATED) >= 6


@pytest.mark.parametrize(("expression", "yes", "no"), EXAMPLES, ids=[row[0] for row in EXAMPLES])
def test_an_example_fires_as_the_page_says(expression: str, yes: str, no: str, gazetteer: Gazetteer) -> None:
    """The expression fires on the one text and not on the other, through the tagger, on 2018-09-12."""
    tree = parse(expression)
    articles = [as_article(InlineArticle(body=body, date=date(2018, 9, 12))) for body in (yes, no)]
    fired = [evaluate(tree, prepare(tag(article, gazetteer))) is not None for article in articles]
    assert fired == [True, False]


@pytest.mark.parametrize(("expression", "fires", "suppressed"), REPEATED, ids=[row[0] for row in REPEATED])
def test_repeated_text_fires_no_rule(expression: str, fires: str, suppressed: str, gazetteer: Gazetteer, tmp_path: Path) -> None:
    """The first text raises an alert, the second is suppressed: it would raise one if its marks were not there."""
    (tmp_path / "rule.yaml").write_text(f"{{id: r, title: T, severity: low, when: '{expression}'}}", "utf-8")
    rules = read_files((tmp_path / "rule.yaml",))
    found = [matched(tag(with_repeated(text), gazetteer), rules) for text in (fires, suppressed)]
    assert [(len(each.alerts), each.suppressed) for each in found] == [(1, ()), (0, ("r",))]


def with_repeated(text: str) -> CleanArticle:
    """The article, what stands in ⟦ ⟧ marked as repeated."""
    before, _, rest = text.partition("⟦")
    repeated, _, after = rest.partition("⟧")
    article = as_article(InlineArticle(body=before + repeated + after, date=date(2018, 9, 12)))
    return replace(article, repeated=(Span(start=len(before), end=len(before) + len(repeated)),))


@pytest.mark.parametrize(("threshold", "articles", "messages"), THRESHOLDS)
def test_a_threshold_tells_what_the_page_says(threshold: str, articles: str, messages: str, tmp_path: Path) -> None:
    """Which of the articles completes a burst, and what its message says."""
    (tmp_path / "rule.yaml").write_text(f"{{id: r, title: T, severity: low, when: summit, notify: [slack:x], threshold: {threshold}}}", "utf-8")
    rules, state, told_then = read_files((tmp_path / "rule.yaml",)), State(), []
    for number, (minute, source) in enumerate((each.split() for each in articles.split(", ")), 1):
        published = datetime(2018, 9, 12, tzinfo=UTC) + timedelta(minutes=int(minute))
        article = as_article(InlineArticle(headline=f"Summit {number}", date=published, source=source))
        found = [note for alert in match(TaggedArticle(article=article, tagger_revision="t"), rules) for note in told(alert, state)]
        told_then += [f"{ORDINALS[number]}: {note.reason}" for note in found if note.outcome is AlertOutcome.NOTIFIED]
    assert "; ".join(told_then or ["none"]) == messages


@pytest.mark.parametrize(("written", "code", "suggestion"), ERRORS, ids=[row[0] for row in ERRORS])
def test_an_error_says_what_the_page_says(written: str, code: str, suggestion: str, gazetteer: Gazetteer) -> None:
    """The code and the suggestion are those of the page."""
    try:
        (found,) = check(written, parse(written), Vocabulary.of(gazetteer))
        told = (found.code, found.suggestion)
    except LanguageError as error:
        told = (error.code, error.suggestion)
    assert told[0] == code
    assert suggestion in told[1]


def test_the_example_file_passes_its_own_tests(tmp_path: Path, gazetteer: Gazetteer) -> None:
    """The YAML at the top of the page is a rule file that loads and whose tests pass."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert blocks
    path = tmp_path / "page.yaml"
    path.write_text(blocks[0], "utf-8")
    done = list(trials(read_files((path,), Vocabulary.of(gazetteer)), gazetteer, ROOT / "seeds" / "articles"))
    assert [trial.fired for trial in done] == [True, False]


def test_the_rules_in_force_pass_their_own_tests(gazetteer: Gazetteer) -> None:
    """Every rule of seeds/rules loads without a warning, has tests of both kinds, and passes them."""
    rules = read_files(tuple(sorted((ROOT / "seeds" / "rules").glob("*.yaml"))), Vocabulary.of(gazetteer))
    assert not rules.warnings
    assert [trial for trial in trials(rules, gazetteer, ROOT / "seeds" / "articles") if not trial.passed] == []
    assert [loaded.rule.rule_id for loaded in rules.rules if {test.fires for test in loaded.tests} != {True, False}] == []
