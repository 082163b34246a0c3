"""Which Host headers a server takes for its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.host_names import LOCALHOST, HostNames, is_same_origin, parse_host

BOARD = HostNames.from_settings("Board.Example.org., bücher.example, 2001:DB8:0::7", "192.0.2.1")


@pytest.mark.parametrize(
    "host",
    [
        *(
            "localhost",
            "LOCALHOST",
            "localhost:6105",
            "localhost.",
            "localhost.:6105",
            "127.0.0.1:80",
            "127.0.0.1:65535",
        ),
        *("[::1]", "[::1]:6105", "[0:0:0:0:0:0:0:1]:6105", "192.0.2.1:6105"),
        *(
            "board.example.org",
            "BOARD.example.ORG.:443",
            "xn--bcher-kva.example",
            "[2001:db8::7]:6105",
        ),
    ],
)
def test_own_names_are_admitted_in_every_spelling(host: str) -> None:
    """Case, port, a dot at the end and the long form of an address make no difference."""
    assert BOARD.admit([host])


@pytest.mark.parametrize(
    "hosts",
    [
        *(
            [],
            [""],
            ["evil.example"],
            ["evil.example:6105"],
            ["localhost.evil.example"],
            ["evil-localhost"],
            ["xlocalhost"],
            ["localhost.."],
        ),
        *(
            ["localhost", "localhost"],
            ["localhost", "evil.example"],
            ["evil.example", "localhost"],
            ["localhost, evil.example"],
        ),
        *(
            ["localhost@evil.example"],
            ["evil.example@localhost"],
            ["localhost/"],
            ["localhost#"],
            ["localhost "],
            [" localhost"],
            ["localhost\t"],
        ),
        *(
            ["localhost:"],
            ["localhost:x"],
            ["localhost:123456"],
            ["localhost:1:2"],
            [":6105"],
            ["."],
            ["::1"],
            ["[::1"],
            ["::1]"],
            ["[localhost]x"],
        ),
        *(
            ["127.0.0.2"],
            ["127.1"],
            ["2130706433"],
            ["0x7f.0.0.1"],
            ["0.0.0.0"],
            ["[::ffff:127.0.0.1]"],
            ["[::]"],
            ["192.0.2.2"],
        ),
        *(
            ["board.example.org.evil.example"],
            ["example.org"],
            ["*"],
            ["bücher.example"],
            ["loca\u212ahost"],
            ["\uff4cocalhost"],
            ["a" * 10_000],
        ),
    ],
)
def test_everything_else_is_refused(hosts: list[str]) -> None:
    """Other names, none, two, and what only looks like one of its own."""
    assert not BOARD.admit(hosts)


@given(st.lists(st.text(max_size=30), max_size=3), st.text(max_size=40))
def test_no_text_breaks_it(hosts: list[str], target: str) -> None:
    """Whatever comes is admitted or refused, and only for a known name."""
    if BOARD.admit(hosts, target):
        assert parse_host(hosts[0]) in BOARD.names


@pytest.mark.parametrize(
    ("target", "admitted"),
    [
        *(
            ("/api/alerts", True),
            ("*", True),
            ("http://localhost:6105/api/alerts", True),
            ("//evil.example/", True),
        ),
        *(
            ("http://evil.example/api/alerts", False),
            ("http://[/", False),
            ("evil.example:80", False),
            ("", False),
        ),
    ],
)
def test_a_target_in_absolute_form_names_a_host_too(target: str, admitted: bool) -> None:
    """Both it and the header must be the server's; a path may begin with two slashes."""
    assert BOARD.admit(["localhost"], target) is admitted


@pytest.mark.parametrize("address", ["", "0.0.0.0", "::", "[::]"])
def test_an_address_that_means_all_is_no_name(address: str) -> None:
    """With HTTP_HOST=0.0.0.0, as in a container, only localhost and configured names remain."""
    assert HostNames.from_settings("", address).names == set(LOCALHOST)


@pytest.mark.parametrize(
    "entry",
    ["http://board.example", "board.example:6105", "*", "a b", "board.example/x", "[::1]:80", "."],
)
def test_a_configured_entry_that_is_no_name_is_refused(entry: str) -> None:
    """It would otherwise match nothing, in silence; a star would match everything."""
    with pytest.raises(ValueError, match="is not a host name"):
        HostNames.from_settings(f"good.example, {entry}")


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        *(
            ("http://localhost:6105", "localhost:6105", True),
            ("https://Board.example", "board.example", True),
        ),
        *(
            ("http://localhost:3000", "localhost:6105", False),
            ("null", "localhost:6105", False),
            ("", "", False),
            ("http://[", "localhost", False),
        ),
    ],
)
def test_an_origin_is_this_server_with_its_port(origin: str, host: str, same: bool) -> None:
    """Another server on this machine is another site."""
    assert is_same_origin(origin, host) is same
