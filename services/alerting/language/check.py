"""Check a well-formed expression for unknown ids and for words that match too much."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, Self

from services.alerting.language.errors import position_at
from services.alerting.language.suggest import as_id, suggest_ids
from services.alerting.language.tree import Filter, Node, Tag, TagKind, Term, walk

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
SURPRISING: Final = {"us": "U.S. or exact(US)", "it": "exact(IT)", "who": "exact(WHO)"}


class HasNames(Protocol):
    """An entry with names; the tagger's Country is one."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the entry."""


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
    def countries(self) -> Mapping[str, HasNames]:
        """Countries, by ISO 3166 alpha-3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The ids that rules may name.

    Country ids are ISO 3166 alpha-3 codes in lower case. With no ``events`` any event may be named.
    """

    actors: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    country_names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_gazetteer(cls, gazetteer: GazetteerIds) -> Self:
        """Collect every id that the tagger can assign."""
        return cls(
            actors=frozenset(gazetteer.actors) | frozenset(gazetteer.organisations),
            offices=frozenset(gazetteer.offices),
            keywords=frozenset(gazetteer.keywords),
            events=frozenset(gazetteer.events),
            countries=frozenset(iso3.lower() for iso3 in gazetteer.countries),
            country_names={
                as_id(name): iso3.lower()
                for iso3, country in gazetteer.countries.items()
                for name in country.names
            },
        )

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
        (node.offset, finding)
        for node, _ in walk(tree)
        for finding in (*_check_id(node, vocabulary), *_check_surprises(node))
    )
    return tuple(_finding(expression, offset, *details) for offset, details in findings)


_Details = tuple[Literal["error", "warning"], str, str, str]


def _check_id(node: Node, vocabulary: Vocabulary | None) -> Iterator[_Details]:
    if not isinstance(node, Tag) or vocabulary is None:
        return
    ids = vocabulary.of_kind(node.kind)
    if node.id not in ids and (ids or node.kind != "event"):
        suggestions = [
            f"{node.kind}({id_})"
            for id_ in suggest_ids(
                node.id, ids, vocabulary.country_names if node.kind == "country" else {}
            )
        ]
        suggestion = (
            f"did you mean {' or '.join(suggestions)}?"
            if suggestions
            else f"known ids are listed in seeds/{_FOLDERS[node.kind]}"
        )
        yield "error", f"unknown-{node.kind}", f"no {node.kind} has the id {node.id}", suggestion


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
