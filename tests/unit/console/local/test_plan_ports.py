"""The ports of ``summitwire up``: --port-base moves them all."""

import pytest

from services.console.local.system import Plan
from shared.base.ports import NAMES, PUSH_PORT


def test_the_push_server_moves_with_the_other_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two systems on one machine share none; a port that is set explicitly stays."""
    monkeypatch.delenv("PUSH_PORT", raising=False)
    for base in (6100, 7400):
        plan = Plan(NAMES, port_base=base)
        environments = {name: plan.environment(name) for name in NAMES}
        assert environments["fetcher"]["PUSH_PORT"] == str(PUSH_PORT - 6100 + base)
        ports = [environment["HTTP_PORT"] for environment in environments.values()]
        assert environments["fetcher"]["PUSH_PORT"] not in ports
        assert [name for name in NAMES if "PUSH_PORT" in environments[name]] == ["fetcher"]
    monkeypatch.setenv("PUSH_PORT", "9000")
    assert "PUSH_PORT" not in Plan(NAMES, port_base=7400).environment("fetcher")
