"""Each behaviour of the hostile web has its outcome, leaks nothing, and reaches nothing inside."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from prometheus_client import generate_latest

from services.fetcher.polling.poll_feed import PollResult
from shared.messages import codec
from tests.hostile_server.polls import SECRET, Poller, poller
from tests.hostile_server.running_web import RunningWeb, running_web
from tests.hostile_server.table import BEHAVIOURS, Behaviour
from tests.hostile_server.web import KEY

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest_asyncio.fixture
async def web(tmp_path: Path) -> AsyncIterator[RunningWeb]:
    async with running_web(tmp_path) as running:
        yield running


@pytest_asyncio.fixture
async def polls(
    web: RunningWeb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Poller]:
    """The fetcher's parts, in an environment that names the canary wherever a client might look."""
    for name in PROXIES:
        monkeypatch.setenv(name, f"http://{web.canary}")
    (tmp_path / "netrc").write_text("default login user password s3cr3t\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with poller(web) as running:
        yield running


def texts_of(result: PollResult) -> list[str]:
    """Return all that a poll says."""
    reasons = [entry.reason for entry in result.abandoned]
    return [result.state.last_error or "", *result.problems, *reasons]


def is_expected(behaviour: Behaviour, result: PollResult) -> bool:
    count = (len(result.articles), result.waiting)
    return (
        behaviour.says in " ".join(texts_of(result))
        and (result.outcome, result.error_kind) == (behaviour.outcome, behaviour.kind)
        and bool(result.state.last_error) == bool(behaviour.kind)
        and (behaviour.articles is None or count == (behaviour.articles, behaviour.waiting))
    )


async def test_each_behaviour_has_its_outcome_and_reason(
    polls: Poller, web: RunningWeb, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """More than eighty servers, polled side by side: what each must come to, and why.

    Nothing connects to the canary, to which redirects, entities, names and proxies point. No
    secret reaches another host, a log, a metric, an error or a state, and no key of TLS a file.
    """
    caplog.set_level(logging.DEBUG)
    results = await polls.poll_all(BEHAVIOURS.values())
    assert len(results) >= 80
    wrong = {
        name: (result.outcome, result.error_kind, len(result.articles), texts_of(result))
        for name, result in results.items()
        if not is_expected(BEHAVIOURS[name], result)
    }
    assert wrong == {}
    sightings = await web.stop()
    assert (sightings.canary_connections, sightings.violations) == (0, [])
    assert not (tmp_path / "keys").exists()
    measured = generate_latest().decode()
    assert (SECRET in measured, KEY in measured) == (False, False)
    for result in results.values():
        state = codec.encode(result.state).replace(result.state.url.encode(), b"")
        said = "\n".join((state.decode("utf-8", "replace"), *texts_of(result), caplog.text))
        assert (SECRET in said, KEY in said) == (False, False)


def test_each_behaviour_says_what_it_does() -> None:
    """A reader finds a behaviour by its name, and an expected failure has a kind."""
    assert all(len(name.split("_")) >= 2 for name in BEHAVIOURS)
    assert len({behaviour.kind for behaviour in BEHAVIOURS.values()}) >= 20
