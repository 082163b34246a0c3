"""The services, in dataflow order, with the port each one's /livez, /readyz and /metrics answer on unless HTTP_PORT says otherwise."""

from typing import Final

PORTS: Final = {"fetcher": 6101, "cleaner": 6102, "tagger": 6103, "alerting": 6104, "board": 6105}
NAMES: Final = tuple(PORTS)
