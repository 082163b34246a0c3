"""Check a well-formed expression for unknown ids and for words that match too much."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, Self, get_args

from services.alerting.language.errors import position_at
from services.alerting.language.format import format as canonical
from services.alerting.language.names import NO_NAMES, EntryNames, tags_in
from services.alerting.language.parsing.terms import ignored_sign, quoted_text
from services.alerting.language.suggest import as_id, suggest_ids
from services.alerting.language.tree import Filter, Node, Tag, TagKind, Term, Where, walk

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
SURPRISING: Final = {"us": "U.S. or exact(US)", "it": "exact(IT)", "who": "exact(WHO)"}


class GazetteerIds(Protocol):
    """The ids that the tagger knows; its Gazetteer has this shape."""

    @property
    def actors(self) -> Mapping[str, object]:
        """People."""

    @property
    def organisations(self) -> Mapping[str, object]:
        """Organisations; rules name them as actors."""

    @property
    def offices(self) -> Mapping[str, object]:
        """Offices."""

    @property
    def keywords(self) -> Mapping[str, object]:
        """Keywords of the vocabulary."""

    @property
    def events(self) -> Mapping[str, object]:
        """Classes of events."""

    @property
    def countries(self) -> Mapping[str, object]:
        """Countries, by ISO 3166 alpha-3."""

    @property
    def name_lookup(self) -> EntryNames:
        """Finds the entries that have a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The ids that rules may name, and what finds the ids of names.

    Country ids are ISO 3166 alpha-3 codes in lower case. With no ``events`` any event may be named.
    ``pending`` are clauses, such as ``actor(jane-doe)``, whose ids the data will get. Without
    ``checks_ids`` it is only there to find names.
    """

    actors: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    name_lookup: EntryNames = NO_NAMES
    pending: frozenset[str] = frozenset()
    checks_ids: bool = True

    @classmethod
    def from_gazetteer(cls, gazetteer: GazetteerIds) -> Self:
        """Collect every id that the tagger can assign."""
        return cls(
            actors=frozenset(gazetteer.actors) | frozenset(gazetteer.organisations),
            offices=frozenset(gazetteer.offices),
            keywords=frozenset(gazetteer.keywords),
            events=frozenset(gazetteer.events),
            countries=frozenset(iso3.lower() for iso3 in gazetteer.countries),
            name_lookup=gazetteer.name_lookup,
        )

    def has_clause(self, clause: str) -> bool:
        """Return whether the id of a tag such as ``actor(kim-jong-un)`` is in the data."""
        kind, _, id_ = clause.removesuffix(")").partition("(")
        return any(kind == known and id_ in self.of_kind(known) for known in get_args(TagKind))

    def of_kind(self, kind: TagKind) -> frozenset[str]:
        """Return the ids that a tag of this kind may name."""
        return {
            "actor": self.actors,
            "office": self.offices,
            "keyword": self.keywords,
            "country": self.countries,
            "event": self.events,
        }[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionFinding:
    """One mistake or warning, at a line and column of the expression."""

    line: int
    column: int
    level: Literal["error", "warning"]
    code: str
    message: str
    suggestion: str


def check(
    expression: str, tree: Node, vocabulary: Vocabulary | None = None
) -> tuple[ExpressionFinding, ...]:
    """Return every finding in the order of the expression; ids need a vocabulary to be checked."""
    findings = sorted(
        found
        for node, _ in walk(tree)
        for found in (
            *_check_ids(node, vocabulary),
            *((node.offset, details) for details in _check_surprises(node)),
            *((node.offset, details) for details in _check_phrase(expression, node)),
            *_check_statuses(node),
        )
    )
    return tuple(_finding(expression, offset, *details) for offset, details in findings)


_Details = tuple[Literal["error", "warning"], str, str, str]


def _check_ids(node: Node, vocabulary: Vocabulary | None) -> Iterator[tuple[int, _Details]]:
    for tag in tags_in(node):
        details = _check_name(tag, vocabulary) if tag.is_name else _check_id(tag, vocabulary)
        if details:
            yield tag.offset, details


def name_problems(tree: Node, vocabulary: Vocabulary | None) -> Iterator[tuple[int, str, str, str]]:
    """Yield offset, code, message and suggestion of each name that has not exactly one entry."""
    for node, _ in walk(tree):
        for tag in tags_in(node):
            if tag.is_name and (details := _check_name(tag, vocabulary)):
                yield tag.offset, *details[1:]


def _check_id(tag: Tag, vocabulary: Vocabulary | None) -> _Details | None:
    ids = vocabulary.of_kind(tag.kind) if vocabulary else ()
    if vocabulary is None or not vocabulary.checks_ids or tag.id in ids:
        return None
    if tag.kind == "event" and not ids:
        return None
    if tag.clause in vocabulary.pending:
        message = f"no {tag.kind} has the id {tag.id} yet: until then {tag.clause} finds nothing"
        return "warning", "pending-id", message, f"add it to seeds/{_FOLDERS[tag.kind]}"
    suggestions = suggest_ids(tag.kind, tag.id, ids, vocabulary.name_lookup)
    message = f"no {tag.kind} has the id {tag.id}"
    return "error", f"unknown-{tag.kind}", message, _did_you_mean(tag, suggestions)


def _check_name(tag: Tag, vocabulary: Vocabulary | None) -> _Details | None:
    if vocabulary is None:
        message = f"{tag.clause} is a name, and there is no data here to look it up"
        return "error", "unresolved-name", message, "write its id, as `rules fmt` does"
    ids = vocabulary.name_lookup.find(tag.kind, tag.id)
    if len(ids) == 1:
        return None
    if not ids:
        known = vocabulary.of_kind(tag.kind)
        near = suggest_ids(tag.kind, as_id(tag.id), known, vocabulary.name_lookup)
        message = f"no {tag.kind} has the name “{tag.id}”"
        return "error", f"unknown-{tag.kind}", message, _did_you_mean(tag, near)
    shown = " or ".join(f"{tag.kind}({id_})" for id_ in ids[:_MOST_LISTED])
    more = f", or {len(ids) - _MOST_LISTED} others" if len(ids) > _MOST_LISTED else ""
    message = f"{len(ids)} entries have the name “{tag.id}”"
    return "error", "ambiguous-name", message, f"write {shown}{more}"


def _did_you_mean(tag: Tag, ids: Sequence[str]) -> str:
    if ids:
        return f"did you mean {' or '.join(f'{tag.kind}({id_})' for id_ in ids)}?"
    folder = f"seeds/{_FOLDERS[tag.kind]}"
    return f"known ids are listed in {folder}; one that it will get stands under pending:"


_MOST_LISTED: Final = 10
_FOLDERS: Final = {
    "actor": "actors",
    "office": "actors",
    "country": "actors",
    "keyword": "keywords",
    "event": "keywords",
}


def _check_surprises(node: Node) -> Iterator[_Details]:
    if isinstance(node, Filter) and node.kind == "lang" and not _LANGUAGE.fullmatch(node.id):
        yield (
            "warning",
            "unknown-language",
            f"no article is in {node.id}: languages are ISO 639 codes",
            "for example lang(en) or lang(en-gb)",
        )
    if (
        isinstance(node, Term)
        and not node.exact
        and len(node.words) == 1
        and node.words[0] in SURPRISING
    ):
        word = node.words[0]
        yield (
            "warning",
            "common-word",
            f"{word} also matches the pronoun “{word}”",
            f"write {SURPRISING[word]} for the name",
        )


def _check_statuses(node: Node) -> Iterator[tuple[int, _Details]]:
    """Yield the events for whose status the text around them leaves no room."""
    if not isinstance(node, Where) or node.place not in ("asserted", "fresh"):
        return
    for inner, _ in walk(node.of):
        status = inner.arguments.status if isinstance(inner, Tag) else "asserted"
        if status == "past" or (status != "asserted" and node.place == "asserted"):
            yield (
                inner.offset,
                (
                    "warning",
                    "status-left-out",
                    f"{node.place}() leaves out most text with {canonical(inner)}",
                    f"write it beside {node.place}(…) with AND",
                ),
            )


def _check_phrase(expression: str, node: Node) -> Iterator[_Details]:
    """Yield what a term in quotes holds that is not read as it is written."""
    if not isinstance(node, Term):
        return
    written = quoted_text(expression, node.offset)
    if sign := ignored_sign(written):
        yield (
            "warning",
            "ignored-sign",
            f"{sign} is no part of a word: “{written}” is read as {canonical(node)}",
            "write that if it is meant, or add a word that makes it certain",
        )
    if written.rstrip().endswith("?"):
        yield (
            "warning",
            "wildcard",
            "? stands for one more letter here, not for a question mark",
            "leave it out: marks do not matter in a phrase",
        )


def _finding(
    expression: str,
    offset: int,
    level: Literal["error", "warning"],
    code: str,
    message: str,
    suggestion: str,
) -> ExpressionFinding:
    position = position_at(expression, offset)
    return ExpressionFinding(
        line=position.line,
        column=position.column,
        level=level,
        code=code,
        message=message,
        suggestion=suggestion,
    )
