"""Warn of data that is valid and probably still a mistake."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from services.tagger.data.date_range import DateRange, parse_date_range
from services.tagger.data.entries import Actor, Office
from services.tagger.data.lint_keywords import lint_keywords
from services.tagger.data.loader import DataFolders
from services.tagger.data.names import heads_of, surnames_of
from services.tagger.data.parse_entries import LocatedEntry
from services.tagger.scan.normalise import normalise_name

_MONTHS: Final = frozenset({"march", "april", "may", "june", "august"})
_ANY_DATE: Final = DateRange(date.min, date.max)
_ID_FIELDS: Final = (
    ("actors", "id"),
    ("offices", "id"),
    ("organisations", "id"),
    ("countries", "iso3"),
    ("keywords", "id"),
    ("events", "id"),
)


def lint(folders: DataFolders) -> None:
    """Warn of gaps between holders, undated titles, and names that match too much or nothing.

    These are surnames that are words, names hidden by a stop name, and metonyms that two countries
    share. Warnings are reported on the documents.
    """
    for office in folders.located.offices:
        _lint_gaps(office)
        _lint_unlimited(office)
    _lint_undated_titles(folders)
    _lint_word_surnames(folders)
    _lint_hidden_names(folders)
    _lint_shared_metonyms(folders)
    lint_keywords(folders.located.keywords)


def compare(folders: DataFolders, older: DataFolders) -> None:
    """Report each id of ``older`` that is missing, as an error: rules and past alerts use it.

    The problem is reported on the first document of ``folders``.
    """
    for kind, field in _ID_FIELDS:
        ids = {getattr(located.entry, field) for located in getattr(folders.located, kind)}
        for located in getattr(older.located, kind):
            id_ = getattr(located.entry, field)
            if id_ not in ids:
                line, _column = located.document.position(located.path)
                folders.documents[0].report(
                    (),
                    f"{field} {id_!r} of {kind} is missing; it was at"
                    f" {located.document.file}:{line}",
                    code="changed-id",
                    suggestion="keep the id and change the name instead",
                )


def _lint_gaps(office: LocatedEntry[Office]) -> None:
    """Warn of days between two terms that no entry of `gaps` explains."""
    terms = sorted(office.entry.terms, key=lambda term: term.start)
    if office.entry.multiple_holders:
        return
    for before, after in pairwise(terms):
        if (
            before.end
            and after.start - before.end > timedelta(days=1)
            and not _is_explained_gap(office, before.end, after.start)
        ):
            office.document.report(
                (*office.path, "terms"),
                f"nobody holds {office.entry.id} between {before.end} and {after.start}",
                code="gap",
                level="warning",
                suggestion="add the holder, or list the gap under `gaps`",
            )


def _lint_unlimited(office: LocatedEntry[Office]) -> None:
    """Warn of a term without an end in an office that is known for ever."""
    known = office.entry.known
    if (known is None or known.end is None) and any(
        term.end is None for term in office.entry.terms
    ):
        office.document.report(
            (*office.path, "terms"),
            f"{office.entry.id} has a term without an end, and nothing says to which day it is"
            " known",
            code="not-limited",
            level="warning",
            suggestion="write known: {from: …, to: …} at the top of the file or in the office",
        )


def _is_explained_gap(office: LocatedEntry[Office], end: date, start: date) -> bool:
    return any(
        after.first <= start and end <= before.last for after, before in _explained_gaps(office)
    )


def _explained_gaps(office: LocatedEntry[Office]) -> Iterator[tuple[DateRange, DateRange]]:
    """Yield both edges of each entry of `gaps`; invalid ones were reported when parsed."""
    for gap in office.document.value_at((*office.path, "gaps")) or ():
        with suppress(ValueError, AttributeError):
            yield _gap_edge(gap, "after"), _gap_edge(gap, "before")


def _gap_edge(gap: dict[str, object], edge: str) -> DateRange:
    return parse_date_range(gap[edge]) if gap.get(edge) else _ANY_DATE


def _lint_undated_titles(folders: DataFolders) -> None:
    heads = heads_of(located.entry for located in folders.located.offices)
    for actor in folders.located.actors:
        for index, name in enumerate(actor.entry.titled):
            if surnames_of(actor.entry) and normalise_name(name).rsplit(" ", 1)[0] in heads:
                actor.document.report(
                    (*actor.path, "titled", index),
                    f"{name!r} has no dates",
                    code="undated-title",
                    level="warning",
                    suggestion="remove it: the title follows from the office and its dates",
                )


def _lint_word_surnames(folders: DataFolders) -> None:
    guards = folders.guards
    keyword_forms = {
        normalise_name(form)
        for located in folders.located.keywords
        for forms in located.entry.forms.values()
        for form in forms
    }
    words = _MONTHS | keyword_forms | {normalise_name(word) for word in guards.before_a_surname}
    guarded = {
        normalise_name(word)
        for word in (*guards.surnames_that_are_words, *guards.surnames_that_are_places)
    }
    for actor in folders.located.actors:
        for surname in surnames_of(actor.entry):
            if surname in words and surname not in guarded:
                actor.document.report(
                    actor.path,
                    f"the surname {surname!r} of {actor.entry.id} is also a word",
                    code="word-surname",
                    level="warning",
                    suggestion="add it to surnames_that_are_words in guards.yaml",
                )


def _lint_hidden_names(folders: DataFolders) -> None:
    stop_names = {normalise_name(name) for name in folders.guards.decoys}
    for actor in folders.located.actors:
        for name in _full_names(actor.entry):
            if normalise_name(name) in stop_names:
                actor.document.report(
                    actor.path,
                    f"{name!r} is under `decoys` in the guards, so it never names {actor.entry.id}",
                    code="hidden-name",
                    level="warning",
                    suggestion="remove the decoy or the name",
                )


def _full_names(actor: Actor) -> Iterable[str]:
    return (actor.name, *actor.names)


def _lint_shared_metonyms(folders: DataFolders) -> None:
    first: dict[str, str] = {}
    for country in folders.located.countries:
        for index, name in enumerate(country.entry.metonyms):
            first_iso3 = first.setdefault(normalise_name(name), country.entry.iso3)
            if first_iso3 != country.entry.iso3:
                country.document.report(
                    (*country.path, "metonyms", index),
                    f"{name!r} is also a metonym of {first_iso3}: it will name neither",
                    code="shared-seat",
                    level="warning",
                )
