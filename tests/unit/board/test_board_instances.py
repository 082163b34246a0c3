"""A service's name can stand for several processes."""

from services.board.instances import Instance, host_and_port, list_instances

URL = "http://tagger:6103"


def test_every_address_of_a_name_is_a_process() -> None:
    """Each is named by its address, in the order of numbers, once."""
    found = list_instances("tagger", URL, ["10.0.0.10", "10.0.0.9", "10.0.0.9"])
    assert found == (
        Instance("tagger 10.0.0.9", URL, "10.0.0.9"),
        Instance("tagger 10.0.0.10", URL, "10.0.0.10"),
    )


def test_a_lone_process_goes_by_its_name() -> None:
    """So does a name that nobody knows an address for: it is shown as down."""
    assert (
        list_instances("tagger", URL, ["10.0.0.9"])
        == list_instances("tagger", URL, [])
        == (Instance("tagger", URL),)
    )


def test_a_url_without_a_port_has_its_schemes_port() -> None:
    """What a resolver takes."""
    assert [host_and_port(url) for url in (URL, "http://a", "https://a/x")] == [
        ("tagger", 6103),
        ("a", 80),
        ("a", 443),
    ]
