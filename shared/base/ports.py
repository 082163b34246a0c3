"""The services in dataflow order, with the port on which each serves its HTTP endpoints.

HTTP_PORT overrides the port of /livez, /readyz and /metrics.
"""

from typing import Final

PORTS: Final = {"fetcher": 6101, "cleaner": 6102, "tagger": 6103, "alerting": 6104, "board": 6105}
PUSH_PORT: Final = 6106
"""Where articles and hubs' pushes arrive."""
NAMES: Final = tuple(PORTS)
