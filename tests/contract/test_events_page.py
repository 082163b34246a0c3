"""docs/events.md shows the types of events that the data define."""

from tests.event_table import PAGE, table_of_types, with_table


def test_the_page_shows_every_type() -> None:
    """With its codes; after a change run ``python -m tests.event_table --write``."""
    page = PAGE.read_text("utf-8")
    assert with_table(page, table_of_types()) == page
