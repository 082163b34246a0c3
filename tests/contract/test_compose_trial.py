"""The container test judges correctly. It needs a Docker engine; the parts tested here do not."""

from collections import Counter

import yaml

from tests.compose import newswire
from tests.compose.count import Arrivals
from tests.compose.stack import COMPOSE, SINK, WIRE, override_of

PORTS = dict.fromkeys((*COMPOSE["services"], WIRE), 6100)


def test_missing_and_duplicated_posts_are_failures() -> None:
    """A post marked as a possible repeat is no duplicate, and is enough if the other was lost."""
    good = Counter({0: 1, 1: 1, 2: 1})
    assert Arrivals(good, good, Counter({1: 1})).failures(3) == []
    assert Arrivals(good, Counter({0: 1, 1: 1}), Counter({2: 1})).failures(3) == []
    assert Arrivals(good, Counter({0: 1, 1: 2}), Counter()).failures(3) == [
        "1 posts missing, first [2]",
        "1 posts doubled, first [1]",
    ]
    assert Arrivals(Counter({0: 3}), good, Counter()).failures(2) == [
        "1 alerts missing, first [1]",
        "1 alerts doubled, first [0]",
    ]


def test_the_override_changes_services_that_exist() -> None:
    """And adds only the newswire; nothing is open to other machines."""
    services = yaml.safe_load(override_of(PORTS).replace("!override", ""))["services"]
    assert services.keys() - COMPOSE["services"].keys() == {WIRE}
    assert all(
        port.startswith("127.0.0.1:") for service in services.values() for port in service["ports"]
    )
    assert services[SINK]["command"][:-2] == COMPOSE["services"][SINK]["command"]


def test_no_line_of_the_newswire_comes_twice() -> None:
    """The cleaner would learn it as the source's boilerplate, and rules do not fire on that."""
    lines = [line for number in range(500) for line in newswire.paragraphs_of(number)]
    assert len(set(lines)) == len(lines)
    assert all("summit" in newswire.paragraphs_of(number)[0] for number in range(500))
