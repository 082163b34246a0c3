"""What is no mistake for the machine and probably one for people: reported as warnings on the documents."""

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


def lint(folders: DataFolders) -> None:
    """Warn of gaps between holders, undated titles, surnames that are words, and names that a decoy hides or two countries share."""
    for office in folders.located.offices:
        _gaps(office)
    _undated_titles(folders)
    _surnames_that_are_words(folders)
    _hidden_names(folders)
    _shared_seats(folders)
    lint_keywords(folders.located.keywords)


def compare(folders: DataFolders, older: DataFolders) -> None:
    """Report each id of ``older`` that is gone, as an error: rules and past alerts name it. The place is the file's of today, or the folder's."""
    for kind, field in (
        ("actors", "id"),
        ("offices", "id"),
        ("organisations", "id"),
        ("countries", "iso3"),
        ("keywords", "id"),
        ("events", "id"),
    ):
        known = {getattr(placed.entry, field) for placed in getattr(folders.located, kind)}
        for placed in getattr(older.located, kind):
            id_ = getattr(placed.entry, field)
            if id_ not in known:
                said = f"{field} {id_!r} of {kind} is gone; it stood at {placed.document.file}:{placed.document.position(placed.path)[0]}"
                folders.documents[0].report(
                    (),
                    said,
                    code="changed-id",
                    suggestion="keep the id, and change the name instead",
                )


def _gaps(office: LocatedEntry[Office]) -> None:
    """Days between two terms that no entry of `gaps` speaks of."""
    terms = sorted(office.entry.terms, key=lambda term: term.start)
    if office.entry.multiple_holders:
        return
    for before, after in pairwise(terms):
        if (
            before.end
            and after.start - before.end > timedelta(days=1)
            and not _is_told(office, before.end, after.start)
        ):
            message = f"nobody holds {office.entry.id} between {before.end} and {after.start}"
            office.document.report(
                (*office.path, "terms"),
                message,
                code="gap",
                level="warning",
                suggestion="add the holder, or say so under `gaps`",
            )


def _is_told(office: LocatedEntry[Office], end: date, start: date) -> bool:
    return any(after.first <= start and end <= before.last for after, before in _told_gaps(office))


def _told_gaps(office: LocatedEntry[Office]) -> Iterator[tuple[DateRange, DateRange]]:
    """The gaps that are told; one that is none has been reported when it was read."""
    for gap in office.document.value_at((*office.path, "gaps")) or ():
        with suppress(ValueError, AttributeError):
            yield tuple(
                parse_date_range(gap[edge]) if gap.get(edge) else _ANY
                for edge in ("after", "before")
            )  # type: ignore[misc]


_ANY: Final = DateRange(date.min, date.max)


def _undated_titles(folders: DataFolders) -> None:
    heads = heads_of(placed.entry for placed in folders.located.offices)
    for actor in folders.located.actors:
        for index, titled in enumerate(actor.entry.titled):
            if surnames_of(actor.entry) and normalise_name(titled).rsplit(" ", 1)[0] in heads:
                suggestion = "drop it: the title follows from the office and its dates"
                actor.document.report(
                    (*actor.path, "titled", index),
                    f"{titled!r} has no dates",
                    code="undated-title",
                    level="warning",
                    suggestion=suggestion,
                )


def _surnames_that_are_words(folders: DataFolders) -> None:
    guards = folders.guards
    forms = {
        normalise_name(form)
        for placed in folders.located.keywords
        for listed in placed.entry.forms.values()
        for form in listed
    }
    words = _MONTHS | forms | {normalise_name(word) for word in guards.before_a_surname}
    guarded = {
        normalise_name(word)
        for word in (*guards.surnames_that_are_words, *guards.surnames_that_are_places)
    }
    for actor in folders.located.actors:
        for surname in surnames_of(actor.entry):
            if surname in words and surname not in guarded:
                suggestion = "add it to surnames_that_are_words in guards.yaml"
                message = f"the surname {surname!r} of {actor.entry.id} is also a word"
                actor.document.report(
                    actor.path, message, code="word-surname", level="warning", suggestion=suggestion
                )


def _hidden_names(folders: DataFolders) -> None:
    decoys = {normalise_name(decoy) for decoy in folders.guards.decoys}
    for actor in folders.located.actors:
        for name in _names(actor.entry):
            if normalise_name(name) in decoys:
                message = f"{name!r} is a decoy in the guards, so it never names {actor.entry.id}"
                actor.document.report(
                    actor.path,
                    message,
                    code="hidden-name",
                    level="warning",
                    suggestion="drop the decoy or the name",
                )


def _names(actor: Actor) -> Iterable[str]:
    return (actor.name, *actor.names)


def _shared_seats(folders: DataFolders) -> None:
    first: dict[str, str] = {}
    for country in folders.located.countries:
        for index, name in enumerate(country.entry.metonyms):
            other = first.setdefault(normalise_name(name), country.entry.iso3)
            if other != country.entry.iso3:
                message = f"{name!r} is also a seat of {other}: it will name neither"
                country.document.report(
                    (*country.path, "metonyms", index), message, code="shared-seat", level="warning"
                )
