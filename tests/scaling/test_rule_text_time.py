"""No text that somebody writes as a rule keeps the parser busy."""

import json
import subprocess
import sys

from services.alerting.language.parsing.parse import MAX_CHARACTERS

HOSTILE = [
    "(" * MAX_CHARACTERS,
    "NOT " * 20_000 + "a",
    "a W/5 " * 16_000,
    "a AND " * 16_000 + "a",
    '"' + "a " * 49_000 + '"',
    '"' * 99_999,
    "a?" * 49_999,
    "?" * 99_999,
    "a" * 99_998 + "*",
    "-" * 99_999,
    "a-" * 49_999,
    "a." * 49_999,
    "a'" * 49_999,
    "'s" * 49_999,
    "1," * 49_999,
    "headline(" * 9_000,
    "actor(" * 16_000,
    "actor(a b " * 9_000,
    "ATLEAST" + "9" * 90_000 + "(a)",
    "words > " + "9" * 90_000,
    "a W/" + "9" * 90_000 + " b",
    "a " * 49_999,
    "a and " * 16_000,
    "a/b " * 24_999,
    "a\n" * 49_999,
    "\u200b" * 99_999,
    "a\u200b\u0301" * 33_000,
    "金" * 99_999,
    "ß.İ." * 24_000,
    "a=b " * 24_000,
    "lang:" * 19_000,
]


def test_no_input_takes_for_ever() -> None:
    """Nothing backtracks, nothing is quadratic.

    A child process that may use a minute of processor time for all inputs together finishes.
    """
    program = (
        "import resource, sys, json\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "from services.alerting.language.parsing.diagnose import diagnose\n"
        "for text in json.load(sys.stdin): diagnose(text)\n"
        "print('done')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(HOSTILE),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "done\n", done.stderr[-2000:]
