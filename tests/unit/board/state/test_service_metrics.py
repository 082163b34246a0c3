import pytest

from services.board.state.service_metrics import (
    MAX_STAGES,
    StageMetrics,
    find_warnings,
    parse_stage_metrics,
)
from shared.base import metrics
from shared.base.outcomes import InvalidMessage


def test_a_service_s_own_exposition_is_read() -> None:
    """What shared/base/metrics.py writes is what the board understands: lag over all partitions,
    and how records ended.
    """
    stage = "board-test-stage"
    metrics.LAG.labels(stage, "0").set(3)
    metrics.LAG.labels(stage, "1").set(4)
    for outcome, many in (("done", 10), ("dropped", 2), ("dead", 1)):
        metrics.RECORDS.labels(stage, outcome).inc(many)
    found = [
        each for each in parse_stage_metrics(metrics.exposition().decode()) if each.stage == stage
    ]
    assert found == [StageMetrics(stage=stage, lag=7, processed=10, dropped=2, dead=1)]


def test_a_service_without_stages_has_no_readings() -> None:
    """The fetcher polls feeds; it has no stage, and that is no error."""
    assert parse_stage_metrics("# HELP up x\n# TYPE up gauge\nup 1\n") == ()
    assert parse_stage_metrics("") == ()


@pytest.mark.parametrize(
    "text",
    [
        "summitwire_stage_lag_records{stage=",
        "<html>not metrics</html>",
        'summitwire_stage_lag_records{stage="a"} NaN\n',
    ],
)
def test_what_is_no_exposition_is_refused(text: str) -> None:
    """Something else listens on that port: say so."""
    with pytest.raises(InvalidMessage, match="/metrics"):
        parse_stage_metrics(text)


def test_the_number_of_stages_is_bounded() -> None:
    """A service that names a thousand stages does not fill the page."""
    text = "".join(f'summitwire_stage_lag_records{{stage="s{n:04}"}} 1\n' for n in range(1_000))
    assert len(parse_stage_metrics(text)) == MAX_STAGES


def test_bad_files_of_rules_and_of_actors_are_remarked() -> None:
    """As the services' own exposition tells it; a process without either has nothing to mend."""
    metrics.DELETED_UNREAD.clear()  # other tests of the same process may have counted some
    assert find_warnings(metrics.exposition().decode()) == ""
    metrics.RULES_RELOADED.set(0)
    assert (
        find_warnings(metrics.exposition().decode())
        == "its rule files are invalid: the last valid rules stay active"
    )
    metrics.ACTORS_RELOADED.set(0)
    assert find_warnings(metrics.exposition().decode()).endswith(
        "; its files of actors and keywords are invalid: the last valid ones stay active"
    )
    metrics.RULES_RELOADED.set(1)
    metrics.ACTORS_RELOADED.set(1)


def test_records_that_were_deleted_unread_are_remarked() -> None:
    """With stage, partition and count, as the service's own exposition tells them."""
    metrics.DELETED_UNREAD.labels("alerting/match", "3").inc(120)
    assert (
        "120 records of partition 3 were deleted before alerting/match read them"
        in find_warnings(metrics.exposition().decode())
    )
    metrics.DELETED_UNREAD.clear()
