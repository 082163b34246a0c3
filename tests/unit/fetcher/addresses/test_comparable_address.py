"""Spellings of one address compare equal, other pages do not, and no address takes long."""

import time

import pytest

from services.fetcher.addresses.comparable_address import (
    article_numbers,
    comparable_address,
    telling_ending,
)

ADDRESS = "https://wire.example/world/leaders-arrive-in-hanoi"


@pytest.mark.parametrize(
    "spelling",
    [
        "http://wire.example/world/leaders-arrive-in-hanoi",
        "https://www.wire.example/world/leaders-arrive-in-hanoi/",
        "https://m.wire.example/world/leaders-arrive-in-hanoi",
        "https://amp.wire.example/world/leaders-arrive-in-hanoi?amp=1",
        "https://wire.example/world/leaders-arrive-in-hanoi/amp/",
        "https://wire.example/world/leaders-arrive-in-hanoi/index.html",
        "https://wire.example/world/leaders-arrive-in-hanoi;jsessionid=A81",
        "https://wire.example/world/leaders-arrive-in-hanoi?PHPSESSID=a81",
    ],
)
def test_a_spelling_is_the_same_address(spelling: str) -> None:
    """Scheme, edition, slash and session name no page."""
    assert comparable_address(spelling) == comparable_address(ADDRESS)


@pytest.mark.parametrize(
    "address",
    [
        "https://wire.example/asia/leaders-arrive-in-hanoi",
        "https://wire.example/world/leaders-arrive-in-hanoi?id=2",
        "https://wire.example:8443/world/leaders-arrive-in-hanoi",
        "https://news.wire.example/world/leaders-arrive-in-hanoi",
        "https://m.example/world/leaders-arrive-in-hanoi",
    ],
)
def test_another_page_is_another_address(address: str) -> None:
    """Section, parameter, port and sub-domain may each be another page."""
    assert comparable_address(address) != comparable_address(ADDRESS)


def test_parameters_are_compared_without_their_order() -> None:
    """Servers do not read it."""
    first, second = (f"https://wire.example/a?{query}" for query in ("id=1&p=2", "p=2&id=1"))
    assert comparable_address(first) == comparable_address(second)


def test_what_names_an_article() -> None:
    """Three words or a long number at the end of the path; a day is no id."""
    assert telling_ending(comparable_address(ADDRESS)) == "leaders-arrive-in-hanoi"
    assert telling_ending("wire.example/story.php?id=2") == ""
    assert article_numbers("wire.example/20180912/story-10234") == {"10234"}


def test_hostile_addresses_take_no_longer_than_others() -> None:
    """A feed may list 500 of them, and they are read in the event loop."""
    began = time.process_time()
    for number in range(500):
        for piece in ("/", ";", "?a", "&", "amp/", "1-", "a-b-"):
            comparable_address(f"https://wire.example/{piece * (2_000 // len(piece))}x{number}")
    assert time.process_time() - began < 2
