"""Whether a bare surname means a country's leader, because of what stands in the same sentence: the country, or another leader.

Wires write "a letter from North Korea's Kim" and "Trump says Kim wants peace" of one Kim only, whoever of that name is quoted further down.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from services.tagger.find import Kind
from services.tagger.gazetteer import Gazetteer
from services.tagger.holders import in_office
from services.tagger.scan import Place, Scan

_ENDS: Final = re.compile(r"[.!?…]['\")\]’”]*\s|[。！？\n]")
_OF_COUNTRIES: Final = (Kind.COUNTRY, Kind.DEMONYM, Kind.RELATIVE, Kind.METONYM)


def leader_meant(surname: str, place: Place, scan: Scan, others: Iterable[tuple[Place, str]], day: date, gazetteer: Gazetteer) -> str | None:
    """The leader in office; None where the surname is no leader's, several have it, or nothing beside it speaks for one.

    ``others``: those who are named in the same field, with their places.
    """
    leaders = [actor for actor in gazetteer.leaders.get(surname, ()) if in_office(actor, day, gazetteer)]
    if len(leaders) != 1:
        return None
    start, end = _sentence(scan.text.plain, place)
    about = {gazetteer.actors[actor].country for actor in _leaders_in(start, end, others, gazetteer) if actor != leaders[0]}
    country = gazetteer.actors[leaders[0]].country
    return leaders[0] if about or country in _countries_in(start, end, scan) else None


def _sentence(plain: str, place: Place) -> tuple[int, int]:
    start = max((found.end() for found in _ENDS.finditer(plain, 0, place.start)), default=0)
    after = _ENDS.search(plain, place.end)
    return start, after.start() if after else len(plain)


def _leaders_in(start: int, end: int, others: Iterable[tuple[Place, str]], gazetteer: Gazetteer) -> Iterator[str]:
    return (actor for place, actor in others if start <= place.start < end and gazetteer.actors[actor].leader)


def _countries_in(start: int, end: int, scan: Scan) -> set[str]:
    return {name.owner for found in scan.of(*_OF_COUNTRIES) if start <= found.start < end for name in found.names}
