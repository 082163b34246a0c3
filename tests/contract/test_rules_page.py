"""The analysts' page is true: every example in docs/rules.md does what it says."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.alerting.count.burst_dispatches import decide
from services.alerting.language.check import Vocabulary, check
from services.alerting.language.document import prepare
from services.alerting.language.errors import LanguageError
from services.alerting.language.evaluate import evaluate
from services.alerting.language.parsing.parse import parse
from services.alerting.match.match import match, match_article
from services.alerting.rules.fields import InlineArticle
from services.alerting.rules.formatting import format_rule_file
from services.alerting.rules.lint.files import inspect
from services.alerting.rules.rule_set import RuleSet, load_rule_files
from services.console.rules.check import expression_problems
from services.console.rules.embedded_rule_tests import run_rule_tests, to_clean_article
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from shared.base.project import project_root
from shared.messages.schemas import CleanArticle, Span, TaggedArticle
from shared.stream.state_store import StateStore
from tests.seed_data import seed_gazetteer

ROOT = project_root()
PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")


def rows(header: str) -> list[list[str]]:
    """Return the rows of every table with this header; code spans lose their backticks."""
    found = re.findall(rf"^\| {re.escape(header)} \|\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return [
        [cell.strip().strip("`").replace("¶", "\n\n") for cell in line.strip("|\n").split("|")]
        for table in found
        for line in table.splitlines()
    ]


EXAMPLES = rows("expression | fires on | does not fire on")
ORDINALS = dict(enumerate(("1st", "2nd", "3rd", "4th", "5th", "6th"), 1))
ERRORS = rows("written | code | suggestion")
FINDINGS = rows("expression | code | level")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
COOKBOOK = [block for block in BLOCKS if block.startswith("- id:")]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return seed_gazetteer()


REPEATED = rows("expression | fires on | is suppressed on")
THRESHOLDS = rows("threshold | articles as they come: minute and source | messages")


def test_the_page_has_its_tables() -> None:
    """The tests below read the page: they must find what they test."""
    assert len(EXAMPLES) >= 50
    assert len(ERRORS) >= 15
    assert len(FINDINGS) >= 10
    assert len(COOKBOOK) == 12
    assert len(THRESHOLDS) >= 6
    assert len(REPEATED) >= 6


FORMS = {
    "word": r"\w+", "phrase": '"[^"*]+"', "hyphen": r"\w+-\w+", "prefix": r"\w+\*",
    "one character": r"\w+\?\w+", "exact": r"exact\(.*\)",
    "AND": ".* AND .*", "OR": ".* OR .*", "NOT": ".* AND NOT .*",
    "W/n": r".* W/\d+ .*", "PRE/n": r".* PRE/\d+ .*", "W/S": r".*(?<!NOT) W/S .*",
    "W/P": ".* W/P .*", "NOT W": ".* NOT W/.*", "ATLEAST": "ATLEAST.*",
    "wildcard in a phrase": '".*[*?].*"', "deck": r"deck\(.*", "name": r"\w+\(\".*\"\)",
    "event": r"event\([^,]*\)", "status": r"event\(.*status=.*", "who": r"event\(.*who=.*",
    "to": r"event\(.*to=.*", "asserted": r"asserted\(.*", "fresh": r"fresh\(.*",
    "headline": r"headline\(.*", "lead": r"lead\(.*", "body": r"body\(.*",
    "words": ".*words [<>].*", "lang": r".*lang\(.*", "source": r".*source\(.*",
    "actor": r"actor\(.*", "office": r"office\(.*",
    "country": r"country\(.*", "keyword": r"keyword\(.*",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_each_operator_has_two_examples(form: str) -> None:
    """One example shows that an operator works, two show what about it makes it work."""
    assert len([row for row in EXAMPLES if re.fullmatch(FORMS[form], row[0])]) >= 2


def article_of(text: str, above: str) -> InlineArticle:
    """Return the article that a cell of a table shows.

    ``(lang de)`` or ``(source nikkei)`` may come first, and what stands ``above`` the body, a
    headline or deck, in a paragraph of its own.
    """
    found = re.fullmatch(r"(?:\((lang|source) (\w+)\) )?(.*)", text, re.DOTALL)
    assert found
    first, body = found[3].split("\n\n", 1) if above else ("", found[3])
    headline, deck = (first, "") if above == "headline" else ("", first)
    given = {found[1]: found[2]} if found[1] else {}
    source, language = given.get("source", "test"), given.get("lang", "en")
    return InlineArticle(
        headline=headline,
        deck=deck,
        body=body,
        date=date(2018, 9, 12),
        source=source,
        language=language,
    )


@pytest.mark.parametrize(("expression", "yes", "no"), EXAMPLES, ids=[row[0] for row in EXAMPLES])
def test_an_example_fires_as_the_page_says(
    expression: str, yes: str, no: str, gazetteer: Gazetteer
) -> None:
    """Tagged and dated 2018-09-12, the first text fires the expression and the second does not."""
    tree = parse(expression, Vocabulary.from_gazetteer(gazetteer))
    above = next((name for name in ("headline", "deck") if expression.startswith(f"{name}(")), "")
    articles = [to_clean_article(article_of(text, above)) for text in (yes, no)]
    fired = [evaluate(tree, prepare(tag(article, gazetteer))) is not None for article in articles]
    assert fired == [True, False]


@pytest.mark.parametrize(
    ("expression", "fires", "suppressed"), REPEATED, ids=[row[0] for row in REPEATED]
)
def test_repeated_text_fires_no_rule(
    expression: str, fires: str, suppressed: str, gazetteer: Gazetteer, tmp_path: Path
) -> None:
    """The first text raises an alert; the second would, but its repeated text is suppressed."""
    (tmp_path / "rule.yaml").write_text(
        f"{{id: r, title: T, severity: low, when: '{expression}'}}", "utf-8"
    )
    rules = load_rule_files((tmp_path / "rule.yaml",))
    found = [
        match_article(tag(with_repeated(text), gazetteer), rules) for text in (fires, suppressed)
    ]
    assert [(len(each.alerts), each.suppressed) for each in found] == [(1, ()), (0, ("r",))]


def with_repeated(text: str) -> CleanArticle:
    """Return the article, in which the text in ⟦ ⟧ is marked as repeated."""
    before, _, rest = text.partition("⟦")
    repeated, _, after = rest.partition("⟧")
    article = to_clean_article(
        InlineArticle(body=before + repeated + after, date=date(2018, 9, 12))
    )
    return replace(article, repeated=(Span(start=len(before), end=len(before) + len(repeated)),))


@pytest.mark.parametrize(("threshold", "articles", "messages"), THRESHOLDS)
def test_a_threshold_notifies_as_the_page_says(
    threshold: str, articles: str, messages: str, tmp_path: Path
) -> None:
    """The page says which of the articles completes a burst, and with which reason."""
    (tmp_path / "rule.yaml").write_text(
        "{id: r, title: T, severity: low, when: summit, notify: [slack:x],"
        f" threshold: {threshold}}}",
        "utf-8",
    )
    rules, state, notified = load_rule_files((tmp_path / "rule.yaml",)), StateStore(), []
    for number, (minute, source) in enumerate((each.split() for each in articles.split(", ")), 1):
        published = datetime(2018, 9, 12, tzinfo=UTC) + timedelta(minutes=int(minute))
        article = to_clean_article(
            InlineArticle(headline=f"Summit {number}", date=published, source=source)
        )
        notified += [
            f"{ORDINALS[number]}: {burst.reason}"
            for alert in match(TaggedArticle(article=article, tagger_revision="t"), rules)
            for burst in decide(alert, state).dispatches
        ]
    assert "; ".join(notified or ["none"]) == messages


@pytest.mark.parametrize(("written", "code", "suggestion"), ERRORS, ids=[row[0] for row in ERRORS])
def test_an_error_says_what_the_page_says(
    written: str, code: str, suggestion: str, gazetteer: Gazetteer
) -> None:
    """The code and the suggestion are those of the page."""
    try:
        vocabulary = Vocabulary.from_gazetteer(gazetteer)
        (found,) = check(written, parse(written, vocabulary), vocabulary)
        told = (found.code, found.suggestion)
    except LanguageError as error:
        told = (error.code, error.suggestion)
    assert told[0] == code
    assert suggestion in told[1]


@pytest.mark.parametrize(
    ("expression", "code", "level"), FINDINGS, ids=[row[0] for row in FINDINGS]
)
def test_check_says_what_the_page_says(
    expression: str, code: str, level: str, gazetteer: Gazetteer
) -> None:
    """The expression has this finding, at this level."""
    assert [
        (found.code, found.level)
        for found in expression_problems(expression, Vocabulary.from_gazetteer(gazetteer))
    ] == [(code, level)]


@pytest.mark.parametrize("block", COOKBOOK, ids=[block.split()[2] for block in COOKBOOK])
def test_a_recipe_fires_as_its_tests_say(block: str, tmp_path: Path, gazetteer: Gazetteer) -> None:
    """One article fires it, one does not; it is formatted, and `rules check` finds nothing."""
    path = tmp_path / "recipe.yaml"
    path.write_text(block, "utf-8")
    rules, problems = inspect((path,), Vocabulary.from_gazetteer(gazetteer))
    assert problems == []
    assert [
        trial.fired
        for trial in run_rule_tests(RuleSet(rules), gazetteer, ROOT / "seeds" / "articles")
    ] == [True, False]
    assert format_rule_file(block) == block


def test_the_example_file_passes_its_own_tests(tmp_path: Path, gazetteer: Gazetteer) -> None:
    """The YAML at the top of the page is a rule file that loads and whose tests pass."""
    path = tmp_path / "page.yaml"
    path.write_text(BLOCKS[0], "utf-8")
    results = list(
        run_rule_tests(
            load_rule_files((path,), Vocabulary.from_gazetteer(gazetteer)),
            gazetteer,
            ROOT / "seeds" / "articles",
        )
    )
    assert [result.fired for result in results] == [True, False]


def test_the_seed_rules_pass_their_own_tests(gazetteer: Gazetteer) -> None:
    """Every rule of seeds/rules loads without a warning, has tests of both kinds, and passes
    them.
    """
    rules = load_rule_files(
        tuple(sorted((ROOT / "seeds" / "rules").glob("*.yaml"))),
        Vocabulary.from_gazetteer(gazetteer),
    )
    assert not rules.warnings
    assert [
        trial
        for trial in run_rule_tests(rules, gazetteer, ROOT / "seeds" / "articles")
        if not trial.passed
    ] == []
    assert [
        loaded.rule.rule_id
        for loaded in rules.rules
        if {test.fires for test in loaded.tests} != {True, False}
    ] == []
