"""Reports of many articles become proposals; what the data say already is left out."""

from datetime import date, timedelta
from itertools import permutations

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.propose.collect_handovers import HandoverCollector, HandoverProposal
from services.tagger.propose.handovers import Handover

NOVEMBER_16 = date(2026, 11, 16)


def report(
    article: str,
    *,
    kind: str = "start",
    name: str = "Jane Roe",
    actor: str | None = None,
    office: str = "gbr-prime-minister",
    day: date = NOVEMBER_16,
    is_stated: bool = True,
    source: str = "one",
) -> Handover:
    return Handover(
        kind="start" if kind == "start" else "end",
        office=office,
        actor=actor,
        name=name,
        acting=False,
        day=day,
        is_stated=is_stated,
        article=article,
        source=source,
        sentence=f"{name} {article}.",
    )


def collect(gazetteer: Gazetteer, *reports: Handover, least: int = 1) -> list[HandoverProposal]:
    collector = HandoverCollector(gazetteer)
    for one in reports:
        collector.add([one])
    return collector.proposals(min_articles=least)


def test_reports_of_one_change_are_merged_in_any_order(gazetteer: Gazetteer) -> None:
    """Articles and sources are counted, the most stated day wins, the sentences are quoted."""
    reports = (
        report("a", is_stated=False, day=NOVEMBER_16 + timedelta(days=2)),
        report("b", source="two"),
        report("c", name="Jane Roe"),
        report("c"),
    )
    results = [collect(gazetteer, *order) for order in permutations(reports)]
    assert all(result == results[0] for result in results)
    (proposal,) = results[0]
    assert (proposal.name, proposal.day, proposal.articles, proposal.sources) == (
        "Jane Roe",
        "2026-11-16",
        3,
        2,
    )
    assert [article for article, _sentence in proposal.quotes] == ["a", "b", "c"]
    assert proposal.data.startswith("andy-burnham listed; not known after 2026-09-28")


def test_what_the_data_say_is_no_proposal(gazetteer: Gazetteer) -> None:
    """Starts and ends within a week of the data's, and the end of one who is not the holder."""
    handover = date(2026, 7, 21)
    assert not collect(
        gazetteer,
        report("a", actor="andy-burnham", name="Andy Burnham", day=handover),
        report("b", actor="keir-starmer", name="Keir Starmer", day=handover, kind="end"),
        report("c", actor="liz-truss", name="Liz Truss", day=handover, kind="end"),
    )


def test_a_holder_named_by_the_office_is_the_listed_one(gazetteer: Gazetteer) -> None:
    """After the last known day too: the proposal says who is listed."""
    proposals = collect(
        gazetteer,
        report("a", kind="end", name=""),
        report("b", kind="end", name="Andy Burnham", actor="andy-burnham"),
    )
    assert [(proposal.actor, proposal.articles) for proposal in proposals] == [("andy-burnham", 2)]


def test_the_fewest_articles(gazetteer: Gazetteer) -> None:
    """Fewer articles than asked for are no proposal; more sources come first."""
    reports = (report("a"), report("b", name="John Roe"), report("c", name="John Roe", source="x"))
    assert [proposal.name for proposal in collect(gazetteer, *reports)] == ["John Roe", "Jane Roe"]
    assert [proposal.name for proposal in collect(gazetteer, *reports, least=2)] == ["John Roe"]
