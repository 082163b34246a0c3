"""The pure core stays pure: only the files named here may touch Kafka, the network, the clock or
the environment.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OUTSIDE = {
    "aiokafka",
    "faust",
    "mode",
    "httpx",
    "httpcore",
    "aiohttp",
    "asyncio",
    "time",
    "socket",
    "subprocess",
    "random",
    "threading",
}
SHELL_NAMES = {"app.py", "__main__.py", "settings.py"}
SHELL_FOLDERS = {
    "services/console",
    "services/board",
    "services/alerting/deliver",
    "services/alerting/rollout",
    "shared/base",
    "shared/files",
    "shared/http",
    "shared/kafka",
    "shared/limits",
    "shared/service",
    "shared/stream",
}
"""Folders whose files may touch the outside."""
PURE_INSIDE = {
    "services/alerting/deliver/channels",
    "services/alerting/deliver/grouping",
    "services/board/state",
}
"""Pure folders inside shell folders."""
SHELL_FILES = {
    "services/fetcher/download.py",
    "services/fetcher/drop_box/drop_box.py",
    "services/fetcher/source_writer.py",
    "services/fetcher/mailbox/mail_loop.py",
    "services/fetcher/polling/poll_loop.py",
    "services/fetcher/polling/report_poll.py",
    "services/fetcher/robots/robots_files.py",
    *(f"services/fetcher/push/{name}.py" for name in ("article_api", "receipt_reader", "server")),
    *(f"services/fetcher/push/websub/{name}.py" for name in ("callback_api", "subscriber")),
    "services/alerting/match/warmup.py",
    "services/alerting/silences/topic.py",
    *(f"services/alerting/watch/{name}.py" for name in ("heartbeat", "watcher")),
    *(f"services/alerting/watch/{name}.py" for name in ("stage_lag", "undelivered")),
    *(
        f"services/alerting/deliver/channels/{name}.py"
        for name in (
            "apprise/apprise_channel",
            "apprise/sending",
            "webhook",
            "json_lines",
            "email/email_channel",
            "email/smtp",
            "slack_bot/parent_edits",
            "templates/load",
        )
    ),
    "shared/record_batches/safe_consumer.py",
}
"""Files of pure folders that may touch the outside."""
PURE_FILES = {
    *(f"services/alerting/deliver/{name}.py" for name in ("rate_limit", "delivery_alerts")),
    *(
        f"services/alerting/deliver/ledger/{name}.py"
        for name in (
            "delivered_ids",
            "ledger_state",
            "policy",
            "retention",
            "watermark",
        )
    ),
    *(f"services/alerting/rollout/{name}.py" for name in ("changelog", "folder")),
    *(
        f"services/board/questions/{name}.py"
        for name in (
            "actor_directory",
            "actor_mentions",
            "clean_comparison",
            "explanation",
            "message_preview",
            "rule_preview",
        )
    ),
    *(f"shared/base/{name}.py" for name in ("log_limit", "outcomes", "ports", "recurrence")),
    "shared/files/yaml_document.py",
    "shared/http/host_names.py",
    *(f"shared/kafka/{name}.py" for name in ("outage_log", "topics")),
    "shared/stream/dead_letters.py",
}
"""Pure files of shell folders."""
PREVIEW = {"check", "document", "errors", "evaluate", "format", "parsing.parse", "tree"}
MAY_KNOW = {
    # Alerting's wiring reads the vocabulary that the tagger tags with, so that a rule that names
    # nobody is refused when the service starts.
    "services/alerting/app.py": {"services.tagger.data.entry_catalogue"},
    # Who tries a rule at the board gets the answers of the very functions that alert; they run in a
    # child process.
    "services/board/questions/rule_preview.py": {
        f"services.alerting.language.{name}" for name in PREVIEW
    }
    | {
        "services.alerting.match.excerpts",
        "services.alerting.explain.failure",
        "services.alerting.explain.missed",
        "services.alerting.explain.trial_articles",
        "services.alerting.explain.why_not",
    }
    | {"services.cleaner.plain_text"}
    | {"services.tagger.data.gazetteer", "services.tagger.pipeline"},
    # Likewise who wants to know how many messages it would send.
    "services/board/questions/message_preview.py": {
        f"services.alerting.backtest.{name}"
        for name in ("message_counts", "simulation", "trial_rule")
    }
    | {
        "services.alerting.match.match",
        "services.alerting.routes.routes",
        "services.alerting.rules.rule_set",
    },
    "services/board/questions/rule_preview_requests.py": {"services.alerting.routes.routes"},
    # Likewise who wants to see a page cleaned.
    "services/board/questions/clean_comparison.py": {
        f"services.cleaner.{name}" for name in ("original", "pipeline", "sign")
    },
    "services/board/questions/warmup.py": {"services.cleaner"},
    # The board reads what the watch has stored with the functions that decide who is quiet.
    "services/board/state/sources.py": {"services.alerting.watch.watch_memory"},
    # Its DELIVERY_FALLBACK is alerting's, and checked alike.
    "services/board/settings.py": {"services.alerting.rules.shape"},
    # A silence from the board is checked as the command checks it.
    "services/board/requests/silences.py": {"services.alerting.silences.new_silence"},
    # The board's pages of actors show the tagger's own data.
    "services/board/app.py": {
        "services.tagger.data.entry_catalogue",
        "services.alerting.routes.parse_routes",
        "services.alerting.routes.routes",
    },
    "services/board/questions/actor_directory.py": {"services.tagger.scan.normalise"}
    | {f"services.tagger.data.{name}" for name in ("entries", "entry_catalogue", "variants")},
}


def pure_files() -> list[Path]:
    files = [
        path for folder in ("services", "shared") for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    return [path for path in files if is_pure(path)]


def is_pure(path: Path) -> bool:
    where = path.relative_to(ROOT)
    if path.name in SHELL_NAMES or str(where) in SHELL_FILES:
        return False
    if str(where) in PURE_FILES or any(where.is_relative_to(folder) for folder in PURE_INSIDE):
        return True
    return not any(where.is_relative_to(folder) for folder in SHELL_FOLDERS)


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    return names | {
        node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }


@pytest.mark.parametrize("path", pure_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pure_file_touches_nothing_outside(path: Path) -> None:
    """No clock, network, Kafka, randomness or environment: the same input gives the same output
    wherever it runs.
    """
    assert {name.partition(".")[0] for name in imported(path)} & OUTSIDE == set()
    assert "environ" not in path.read_text("utf-8")


def test_the_list_of_shell_files_has_no_strays() -> None:
    """Every exception names a file or folder that exists, so that the list cannot hide a new
    one.
    """
    named = [ROOT / name for name in SHELL_FILES | PURE_FILES | SHELL_FOLDERS | PURE_INSIDE]
    assert [str(path) for path in named if not path.exists()] == []


def test_services_do_not_import_each_other() -> None:
    """Services talk over topics only; the console, which runs their cores without a broker, is the
    one exception.
    """
    found = []
    for path in sorted((ROOT / "services").rglob("*.py")):
        service = path.relative_to(ROOT / "services").parts[0]
        others = {
            name
            for name in imported(path)
            if name.startswith("services.") and name.split(".")[1] != service
        }
        others -= MAY_KNOW.get(str(path.relative_to(ROOT)), set())
        if others and service != "console":
            found.append(f"{path.relative_to(ROOT)} imports {sorted(others)}")
    assert found == []


def test_shared_knows_no_service() -> None:
    """What services share does not depend on any of them."""
    bad = [
        path.name
        for path in (ROOT / "shared").rglob("*.py")
        if any(name.startswith("services") for name in imported(path))
    ]
    assert bad == []
