"""Read the secret of a feed, such as a token, from a file of its own."""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 4_096


@dataclass(frozen=True, slots=True)
class SecretFile:
    """What a file of a secret holds; ``problem`` says why it cannot be used.

    ``warning`` is a risk that does not prevent its use.
    """

    value: str = ""
    problem: str = ""
    suggestion: str = ""
    warning: str = ""


def read_secret(path: Path) -> SecretFile:
    """Read one line of ASCII. Nothing in the result but ``value`` shows any of it."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return SecretFile(problem="it is no file", suggestion="name a file")
        if status.st_mode & stat.S_IWOTH:
            return SecretFile(problem="everybody may write it", suggestion="chmod o-w")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        suggestion = "write the path of a file, relative to the folder of this one"
        return SecretFile(problem=f"it cannot be read: {error.strerror}", suggestion=suggestion)
    problem, suggestion = _find_problem(content)
    if problem:
        return SecretFile(problem=problem, suggestion=suggestion)
    warning = "everybody may read it" if status.st_mode & stat.S_IROTH else ""
    suggestion = "chmod o-r" if warning else ""
    return SecretFile(content.decode("ascii").strip(), suggestion=suggestion, warning=warning)


def _find_problem(content: bytes) -> tuple[str, str]:
    """Return what is wrong with a secret, and how to fix it."""
    text = content.strip(b" \t\r\n")
    if len(content) > MAX_BYTES:
        return f"it is larger than {MAX_BYTES} bytes", "write nothing but the secret"
    if not text:
        return "it is empty", "write the secret as its only line"
    if b"\n" in text or b"\r" in text:
        return "it has more than one line", "write the secret as its only line"
    if not text.isascii() or not text.decode("ascii").isprintable():
        return "it is not one line of ASCII text", "write the secret as plain text, without a mark"
    return "", ""
