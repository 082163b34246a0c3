"""The pure core stays pure: only the files named here may touch Kafka, the network, the clock or the environment."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OUTSIDE = {"aiokafka", "faust", "mode", "httpx", "httpcore", "aiohttp", "asyncio", "time", "socket", "subprocess", "random", "threading"}
SHELL_NAMES = {"app.py", "__main__.py", "settings.py"}
SHELL_FOLDERS = {"services/console", "services/board", "shared"}
SHELL_FILES: set[str] = {
    "services/fetcher/download.py",
    "services/fetcher/poller.py",
    "services/alerting/deliver.py",
    "services/alerting/courier.py",
    "services/alerting/courier_desk.py",
    "services/alerting/ledger.py",
    "services/alerting/rehearsal.py",
    "services/alerting/rules_topic.py",
    "services/alerting/rules_in_force.py",
    "services/alerting/warming.py",
    "services/alerting/channels/webhook.py",
}
PURE_SHARED = {
    "schemas.py",
    "outcomes.py",
    "topics.py",
    "codec.py",
    "ids.py",
    "documents.py",
    "headers.py",
    "dead_letters.py",
    "batch_header.py",
    "broken_record.py",
    "fetched_batches.py",
    "record_batch.py",
    "record_reading.py",
    "screen.py",
    "inflate.py",
    "services.py",
    "scripts.py",
    "host_names.py",
    "log_limit.py",
    "outage_log.py",
    "persistence.py",
}
PURE_BOARD = {"fold.py", "view.py", "excerpt.py", "tally.py", "readings.py", "status.py", "starts.py", "recent.py", "reasons.py", "trial.py"} | {
    "directory.py",
    "mentions.py",
    "side_by_side.py",
}
TRIAL = {"check", "document", "errors", "evaluate", "format", "parse", "tree"}
MAY_KNOW = {
    # Alerting's wiring reads the vocabulary that the tagger tags with, so that a rule that names nobody is refused when the service starts.
    "services/alerting/app.py": {"services.tagger.known"},
    # Who tries a rule at the board gets the answers of the very functions that alert; they run in a child process.
    "services/board/trial.py": {f"services.alerting.language.{name}" for name in TRIAL}
    | {"services.alerting.excerpts", "services.alerting.explain.failure", "services.alerting.explain.why_not"}
    | {"services.tagger.gazetteer", "services.tagger.pipeline"},
    # Likewise who wants to see a page cleaned.
    "services/board/side_by_side.py": {f"services.cleaner.{name}" for name in ("original", "pipeline", "sign")},
    "services/board/warm.py": {"services.cleaner"},
    # The board's pages of actors show the tagger's own data.
    "services/board/app.py": {"services.tagger.known"},
    "services/board/directory.py": {f"services.tagger.{name}" for name in ("entries", "fold", "known", "variants")},
}


def pure_files() -> list[Path]:
    files = [path for folder in ("services", "shared") for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in files if is_pure(path)]


def is_pure(path: Path) -> bool:
    where = path.relative_to(ROOT)
    if where.parent == Path("shared"):
        return path.name in PURE_SHARED
    if where.parent == Path("services/board"):
        return path.name in PURE_BOARD
    in_shell = any(where.is_relative_to(folder) for folder in SHELL_FOLDERS)
    return not in_shell and path.name not in SHELL_NAMES and str(where) not in SHELL_FILES


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", pure_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pure_file_touches_nothing_outside(path: Path) -> None:
    """No clock, network, Kafka, randomness or environment: the same input gives the same output wherever it runs."""
    assert {name.partition(".")[0] for name in imported(path)} & OUTSIDE == set()
    assert "environ" not in path.read_text("utf-8")


def test_the_list_of_shell_files_has_no_strays() -> None:
    """Every exception names a file that exists, so that the list cannot hide a new one."""
    named = [ROOT / name for name in SHELL_FILES] + [ROOT / "shared" / name for name in PURE_SHARED]
    assert [str(path) for path in named if not path.exists()] == []


def test_services_do_not_import_each_other() -> None:
    """Services talk over topics only; the console, which runs their cores without a broker, is the one exception."""
    found = []
    for path in sorted((ROOT / "services").rglob("*.py")):
        service = path.relative_to(ROOT / "services").parts[0]
        others = {name for name in imported(path) if name.startswith("services.") and name.split(".")[1] != service}
        others -= MAY_KNOW.get(str(path.relative_to(ROOT)), set())
        if others and service != "console":
            found.append(f"{path.relative_to(ROOT)} imports {sorted(others)}")
    assert found == []


def test_shared_knows_no_service() -> None:
    """What services share does not depend on any of them."""
    bad = [path.name for path in (ROOT / "shared").glob("*.py") if any(name.startswith("services") for name in imported(path))]
    assert bad == []
