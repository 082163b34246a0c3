"""Collect the reports of many articles into proposed changes of who holds an office.

Nothing is applied: a person looks at the quoted sentences and edits seeds/actors.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.offices.terms import describe_limit, is_known_on, listed_terms_on
from services.tagger.propose.collect import EXAMPLES, name_key
from services.tagger.propose.handovers import Handover

_SAME: Final = timedelta(days=7)
"""Reports and data that differ by less mean the same day: an oath is days after the vote."""

_Key = tuple[str, str, str]
"""The kind, the office and the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverProposal:
    """A change that the wire reports and the data lack.

    ``day`` is the one that most articles state, else that of the first article (``is_stated`` is
    False). ``data``: what the data say of that day. ``quotes``: an article's id and its sentence.
    """

    kind: str
    office: str
    actor: str | None
    name: str
    acting: bool
    day: str
    is_stated: bool
    articles: int
    sources: int
    data: str
    quotes: tuple[tuple[str, str], ...]


class HandoverCollector:
    """Sums up the reports of articles; the order of the articles has no effect."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer: Final = gazetteer
        self._reports: dict[_Key, set[Handover]] = {}

    def add(self, handovers: Iterable[Handover]) -> None:
        """Add the reports of one article, without what the data already say."""
        for handover in handovers:
            actor = handover.actor or self._listed_holder(handover)
            if not self._is_in_data(handover, actor):
                person = actor or name_key(handover.name)
                key = (handover.kind, handover.office, person)
                self._reports.setdefault(key, set()).add(handover)

    def proposals(self, *, min_articles: int = 1) -> list[HandoverProposal]:
        """Return what at least ``min_articles`` articles report, by sources, office and day."""
        proposals = (
            self._build(key, sorted(reports, key=_order)) for key, reports in self._reports.items()
        )
        return sorted(
            (proposal for proposal in proposals if proposal.articles >= min_articles),
            key=lambda proposal: (
                -proposal.sources,
                -proposal.articles,
                proposal.office,
                proposal.day,
                proposal.kind,
                proposal.name,
            ),
        )

    def _listed_holder(self, handover: Handover) -> str | None:
        """Return whom the data list last where the article names the holder by the office only."""
        if handover.name:
            return None
        terms = listed_terms_on(self._gazetteer.offices[handover.office], handover.day)
        return terms[0].holder if len(terms) == 1 else None

    def _is_in_data(self, handover: Handover, actor: str | None) -> bool:
        office, day = self._gazetteer.offices[handover.office], handover.day
        terms = [term for term in office.terms if term.holder == actor]
        if handover.kind == "start":
            return any(
                term.start - _SAME <= day and (term.end is None or day <= term.end + _SAME)
                for term in terms
            )
        if any(term.end and abs(term.end - day) <= _SAME for term in terms):
            return True
        holds_it = any(term.start <= day and (not term.end or day <= term.end) for term in terms)
        return actor is not None and not holds_it and is_known_on(office, day)

    def _build(self, key: _Key, reports: list[Handover]) -> HandoverProposal:
        kind, office_id, person = key
        office = self._gazetteer.offices[office_id]
        stated = Counter(report.day for report in reports if report.is_stated)
        day = min(stated, key=lambda day: (-stated[day], day)) if stated else reports[0].day
        articles = {report.article: report.sentence for report in reversed(reports)}
        holders = ", ".join(term.holder for term in listed_terms_on(office, day))
        names = Counter(report.name for report in reports if report.name)
        actor = person if person in self._gazetteer.actors else None
        name = min(names, key=lambda name: (-names[name], name)) if names else ""
        return HandoverProposal(
            kind=kind,
            office=office_id,
            actor=actor,
            name=self._gazetteer.actors[actor].name if actor else name,
            acting=sum(report.acting for report in reports) * 2 > len(reports),
            day=day.isoformat(),
            is_stated=bool(stated),
            articles=len(articles),
            sources=len({report.source for report in reports}),
            data="; ".join(
                filter(None, (f"{holders or 'nobody'} listed", describe_limit(office, day)))
            ),
            quotes=tuple(sorted(articles.items())[:EXAMPLES]),
        )


def _order(report: Handover) -> tuple[str, str, str]:
    return report.day.isoformat(), report.article, report.sentence
