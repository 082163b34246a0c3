"""What a well-formed expression may still get wrong: ids that nobody knows, and words that find too much."""

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
        """What it is called."""


class GazetteerIds(Protocol):
    """What the tagger knows, by id; its Gazetteer is one."""

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
        """The vocabulary."""

    @property
    def events(self) -> Mapping[str, object]:
        """Classes of events."""

    @property
    def countries(self) -> Mapping[str, HasNames]:
        """Countries, by ISO 3166 alpha-3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The ids that rules may name. Countries are ISO 3166 alpha-3 in small letters; no ``events``: none are known, so any may be named."""

    actors: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    country_names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_gazetteer(cls, known: GazetteerIds) -> Self:
        """Everything that the tagger can give."""
        return cls(
            actors=frozenset(known.actors) | frozenset(known.organisations),
            offices=frozenset(known.offices),
            keywords=frozenset(known.keywords),
            events=frozenset(known.events),
            countries=frozenset(iso3.lower() for iso3 in known.countries),
            country_names={
                as_id(name): iso3.lower()
                for iso3, country in known.countries.items()
                for name in country.names
            },
        )

    def of_kind(self, kind: TagKind) -> frozenset[str]:
        """The ids that a tag of this kind may name."""
        return {
            "actor": self.actors,
            "office": self.offices,
            "keyword": self.keywords,
            "country": self.countries,
            "event": self.events,
        }[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionFinding:
    """One thing to mend or to think about, at a line and column of the expression."""

    line: int
    column: int
    level: Literal["error", "warning"]
    code: str
    message: str
    suggestion: str


def check(
    expression: str, tree: Node, vocabulary: Vocabulary | None = None
) -> tuple[ExpressionFinding, ...]:
    """Every finding, in the order of the expression; without a vocabulary ids are taken as they are."""
    found = sorted(
        (node.offset, finding)
        for node, _ in walk(tree)
        for finding in (*_unknown(node, vocabulary), *_surprising(node))
    )
    return tuple(_finding(expression, at, *rest) for at, rest in found)


_Found = tuple[Literal["error", "warning"], str, str, str]


def _unknown(node: Node, vocabulary: Vocabulary | None) -> Iterator[_Found]:
    if not isinstance(node, Tag) or vocabulary is None:
        return
    known = vocabulary.of_kind(node.kind)
    if node.id not in known and (known or node.kind != "event"):
        better = [
            f"{node.kind}({id_})"
            for id_ in suggest_ids(
                node.id, known, vocabulary.country_names if node.kind == "country" else {}
            )
        ]
        suggestion = (
            f"did you mean {' or '.join(better)}?"
            if better
            else f"the ids stand in seeds/{_FOLDERS[node.kind]}"
        )
        yield "error", f"unknown-{node.kind}", f"no {node.kind} has the id {node.id}", suggestion


_FOLDERS: Final = {
    "actor": "actors",
    "office": "actors",
    "country": "actors",
    "keyword": "keywords",
    "event": "keywords",
}


def _surprising(node: Node) -> Iterator[_Found]:
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
            f"{word} finds every “{word}”, the pronoun too",
            f"write {SURPRISING[word]} for the name",
        )


def _finding(
    expression: str,
    at: int,
    level: Literal["error", "warning"],
    code: str,
    message: str,
    suggestion: str,
) -> ExpressionFinding:
    spot = position_at(expression, at)
    return ExpressionFinding(
        line=spot.line,
        column=spot.column,
        level=level,
        code=code,
        message=message,
        suggestion=suggestion,
    )
