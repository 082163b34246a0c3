"""A news wire in a container: HTML pages behind one RSS feed. Standard library only.

``POST /publish?count=60&pace=1`` publishes 60 more stories, one a second. What is published
depends only on the clock.
"""

import random
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

WORDS = """
harbour ministry corridor envoy winter railway canal treaty border market island tunnel orchard
granite lantern copper meadow satellite parliament glacier reactor pipeline library vineyard
airport festival museum lighthouse quarry aquarium bridge delegation summer autumn protocol
archive garden station hospital harvest fishery mountain valley river desert forest stadium
"""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FEED_LENGTH = 300


@dataclass
class Published:
    """The stories, and when each one appears."""

    times: list[float] = field(default_factory=list)

    def publish(self, count: int, pace: float) -> None:
        """Add stories from now on, ``pace`` a second."""
        now = time.time()
        self.times += [now + number / pace for number in range(count)]

    def numbers(self) -> list[int]:
        """Return the numbers of the stories that are out by now."""
        now = time.time()
        return [number for number, when in enumerate(self.times) if when <= now]


def headline_of(number: int) -> str:
    """Return a story's headline, by which its alert and its post are recognised."""
    rng = random.Random(-number - 1)
    names = ["".join(rng.choices(LETTERS, k=7)).capitalize() for _ in range(3)]
    return f"Summit report {number}: {' '.join(names)}"


def paragraphs_of(number: int) -> list[str]:
    """Return a story's text: of its own names, or reports of one form would be one story.

    No line occurs twice, or it would be taken for boilerplate.
    """
    rng = random.Random(number)
    names = ["".join(rng.choices(LETTERS, k=7)).capitalize() for _ in range(24)]
    words = [rng.sample(WORDS.split(), 5) for _ in range(6)]
    return [
        f"{n[0]} {n[1]} of {n[2]} told {n[3]} about the {w[0]} and the {w[1]} in summit report {number}, "
        f"officials said. They named a {w[2]}, a {w[3]} and two {w[4]}s, and spoke for "
        f"{rng.randint(2, 90)} minutes."
        for n, w in zip((names[at : at + 4] for at in range(0, 24, 4)), words, strict=True)
    ]


def page_of(number: int, published_at: float) -> str:
    """Return a story's page."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs_of(number))
    when = datetime.fromtimestamp(published_at, UTC).isoformat()
    return (
        f'<!doctype html><html lang="en"><head><title>{headline_of(number)}</title>'
        f'<meta property="article:published_time" content="{when}">'
        f"</head><body><article><h1>{headline_of(number)}</h1>{body}</article></body></html>"
    )


def feed_of(published: Published, host: str) -> str:
    """Return the feed, newest story first."""
    items = "".join(
        _item(number, published.times[number], host)
        for number in reversed(published.numbers()[-FEED_LENGTH:])
    )
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>'
        f"<link>http://{host}/</link>{items}</channel></rss>"
    )


def _item(number: int, when: float, host: str) -> str:
    link, date = (
        f"http://{host}/story/{number}",
        format_datetime(datetime.fromtimestamp(when, UTC), usegmt=True),
    )
    return (
        f"<item><guid>{link}</guid><link>{link}</link>"
        f"<title>{headline_of(number)}</title><pubDate>{date}</pubDate></item>"
    )


class Answer(BaseHTTPRequestHandler):
    """Serves the feed and the stories."""

    published = Published()

    def do_GET(self) -> None:
        """Serve the feed, or a story that has published."""
        path = urlsplit(self.path).path
        number = int(path.removeprefix("/story/")) if path.startswith("/story/") else None
        if number is None:
            self._send("application/rss+xml", feed_of(self.published, self.headers["Host"]))
        elif number in self.published.numbers():
            self._send("text/html; charset=utf-8", page_of(number, self.published.times[number]))
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """Publish more stories."""
        asked = parse_qs(urlsplit(self.path).query)
        self.published.publish(int(asked["count"][0]), float(asked["pace"][0]))
        self._send("text/plain", str(len(self.published.times)))

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def _send(self, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", int(sys.argv[1])), Answer).serve_forever()
