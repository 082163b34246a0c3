"""``summitwire try match``: articles as JSON lines through the rules, without a broker."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
import orjson
import typer

from services.alerting.language.document import Document, WordSpan, prepare, sort_spans
from services.alerting.language.evaluate import evaluate
from services.alerting.language.words import SegmentedText, segment_text
from services.alerting.match.repeated_text import blank_out
from services.alerting.rules.fields import InlineArticle
from services.alerting.rules.rule_set import RuleSet, load_rule_files, rule_files
from services.cleaner.text.language import detect_language
from services.console.dry_run.tag import STANDARD_INPUT, Unusable
from services.console.errors import EXIT_BAD, EXIT_USAGE, say
from services.console.rules.embedded_rule_tests import to_clean_article
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from shared.base.settings import project_root
from shared.files.yaml_document import DocumentError
from shared.messages.schemas import Span

_SEEDS: Final = project_root() / "seeds"
Field = Literal["headline", "body"]

Rules = Annotated[
    list[Path], typer.Option("--rules", exists=True, help="Rule files or folders of them.")
]
Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…",
        help="JSON lines with id, headline, body, lang, source, date, tags; - is standard input.",
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object an article on standard output.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An article as it is handed in. ``tags``: by clause, word positions from 0, end exclusive; without them the tagger runs.

    ``repeated``: stretches of the body, in code points, that other articles of the source carry, too.
    """

    id: str | int
    headline: str = ""
    body: str = ""
    lang: str | None = None
    source: str = "try"
    date: str | None = None
    tags: dict[str, list[tuple[Field, int, int]]] | None = field(default=None)
    repeated: list[tuple[int, int]] = field(default_factory=list)


def try_match(rules: Rules, paths: Paths, json_: Json = False) -> None:
    """Say which rules each article fires, and where: offsets count code points from 0, end exclusive.

    Ids in rules are taken as they are: `summitwire rules check` knows which exist. What only `repeated` text fires is suppressed.

    Example: summitwire try match --rules seeds/rules --json articles.jsonl
    """
    try:
        files = tuple(
            path for given in rules for path in (rule_files(given) if given.is_dir() else (given,))
        )
        loaded = load_rule_files(files)
    except DocumentError as error:
        say(str(error))
        raise typer.Exit(EXIT_BAD) from None
    try:
        for given, where in (one for path in paths for one in _articles(path)):
            article = document(given, where)
            found, rest = fired_spans(loaded, article), fired_spans(loaded, _rest(given, article))
            sys.stdout.write(
                _shown(
                    given,
                    {rule: rest[rule] for rule in found if rule in rest},
                    sorted(found.keys() - rest),
                    json_=json_,
                )
                + "\n"
            )
    except Unusable as error:
        say(str(error))
        raise typer.Exit(EXIT_USAGE) from None


def fired_spans(rules: RuleSet, article: Document) -> dict[str, list[tuple[Field, int, int]]]:
    """By rule id the stretches that satisfied it, each once, in text order."""
    found = ((loaded.rule.rule_id, evaluate(loaded.tree, article)) for loaded in rules.rules)
    return {
        rule: sorted(
            {(hit.field, hit.start, hit.end) for hit in hits},
            key=lambda one: (one[0] == "body", one),
        )
        for rule, hits in found
        if hits is not None
    }


def document(given: Given, where: str) -> Document:
    """The article prepared for rules; tagged as given, or else by the tagger. Raises Unusable where a tag stands outside the text."""
    language = given.lang or detect_language(given.body or given.headline)[0]
    if given.tags is None:
        inline = InlineArticle(
            headline=given.headline,
            body=given.body,
            date=moment(given, where),
            source=given.source,
            language=language,
        )
        return prepare(tag(to_clean_article(inline), _gazetteer()))
    headline, body = segment_text(given.headline, one_sentence=True), segment_text(given.body)
    texts: Mapping[Field, SegmentedText] = {"headline": headline, "body": body}
    tags = {
        _clause(name): [
            _stretch(texts[place], place, first, end, f"{where}: {name}")
            for place, first, end in spans
        ]
        for name, spans in given.tags.items()
    }
    return Document(
        headline=headline, body=body, tags=sort_spans(tags), source=given.source, language=language
    )


def _rest(given: Given, article: Document) -> Document:
    return (
        blank_out(article, [Span(start=start, end=end) for start, end in given.repeated])
        if given.repeated
        else article
    )


@cache
def _gazetteer() -> Gazetteer:
    """Read once, and only where an article comes without tags."""
    return load_gazetteer(_SEEDS / "actors", _SEEDS / "keywords")


def _clause(name: str) -> str:
    return name.replace(" ", "").lower()


def _stretch(text: SegmentedText, place: Field, first: int, end: int, where: str) -> WordSpan:
    if not 0 <= first < end <= len(text.words):
        raise Unusable(
            f"{where}: words {first} to {end} do not stand in a {place} of {len(text.words)} words"
        )
    return WordSpan(place, first, end - 1, text.words[first].start, text.words[end - 1].end)


def moment(given: Given, where: str) -> datetime | None:
    """When the article was published, as it says. Raises Unusable where that is no date."""
    try:
        return datetime.fromisoformat(given.date) if given.date else None
    except ValueError:
        raise Unusable(
            f"{where}: not a date: {given.date!r}; write 2018-09-12 or 2018-09-12T08:30:00Z"
        ) from None


def _articles(path: Path) -> Iterator[tuple[Given, str]]:
    try:
        data = sys.stdin.buffer.read() if str(path) == STANDARD_INPUT else path.read_bytes()
    except OSError as error:
        raise Unusable(f"{path}: cannot be read: {error.strerror}") from error
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield _given(line, f"{path}:{number}"), f"{path}:{number}"


def _given(line: bytes, where: str) -> Given:
    try:
        return msgspec.convert(orjson.loads(line), Given, strict=True)
    except orjson.JSONDecodeError as error:
        raise Unusable(f"{where}:{error.colno}: not JSON: {error.msg}") from error
    except msgspec.ValidationError as error:
        raise Unusable(
            f"{where}: not an article: {error}; expected id, headline, body, lang, source, date and tags"
        ) from error


def _shown(
    given: Given,
    found: dict[str, list[tuple[Field, int, int]]],
    suppressed: list[str],
    *,
    json_: bool,
) -> str:
    if json_:
        shown = {"id": given.id, "fires": list(found), "spans": found}
        return orjson.dumps(shown | ({"suppressed": suppressed} if given.repeated else {})).decode()
    texts = {"headline": given.headline, "body": given.body}
    lines = [
        f"  {rule}: "
        + ", ".join(f"“{texts[place][start:end]}” ({place} {start})" for place, start, end in spans)
        for rule, spans in found.items()
    ]
    lines += [f"  {rule}: suppressed, it matches nothing but repeated text" for rule in suppressed]
    return "\n".join([f"{given.id}: {len(found)} rules fire", *lines])
