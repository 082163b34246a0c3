import pytest

from services.board.settings import BoardSettings, parse_services
from shared.base.exits import ConfigurationError
from shared.base.settings import load


def test_the_services_are_names_with_addresses() -> None:
    """Blanks and a trailing slash do not matter; none at all is fine."""
    assert parse_services("fetcher=http://127.0.0.1:6101/, cleaner = https://cleaner:6102") == {
        "fetcher": "http://127.0.0.1:6101",
        "cleaner": "https://cleaner:6102",
    }
    assert parse_services("") == {}


@pytest.mark.parametrize(
    "text",
    [
        "fetcher",
        "=http://a:1",
        "a=ftp://b",
        "a=http://",
        "a=http://u:p@b:1",
        "a=http://b:99999",
        "a=http://b:1,a=http://c:1",
        "a=http://[b",
    ],
)
def test_a_wrong_entry_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Told at the start, by the setting's name."""
    monkeypatch.setenv("BOARD_SERVICES", text)
    with pytest.raises(ConfigurationError, match="BOARD_SERVICES"):
        load(BoardSettings)


def test_by_default_the_local_services_are_asked() -> None:
    """All but the board itself, which is the one that asks."""
    assert list(parse_services(BoardSettings().board_services)) == [
        "fetcher",
        "cleaner",
        "tagger",
        "alerting",
    ]
