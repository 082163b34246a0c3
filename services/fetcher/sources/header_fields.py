"""Read the headers of a feed, whose values may stand in secret files. Values are never shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.fetcher.sources.secret_files import SecretFile, read_secret
from shared.files.yaml_document import Steps, YamlDocument, did_you_mean

HEADER_VALUE: Final = re.compile(r"[!-~](?:[ -~]{0,4000}[!-~])?")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_OWN_HEADERS: Final = frozenset(
    (
        *("accept-encoding", "connection", "content-length", "host", "te", "transfer-encoding"),
        *("if-modified-since", "if-none-match", "range", "upgrade", "user-agent"),
    )
)
"""Headers that the fetcher sets itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderFromFile:
    """The value of a header as it is written, if a file holds it: ``{file: secrets/wire-key}``."""

    file: str


@dataclass(frozen=True, slots=True)
class FeedHeaders:
    """The headers to send, and the files that their values come from."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: tuple[str, ...] = ()


def read_headers(
    document: YamlDocument,
    path: Steps,
    headers: Mapping[str, str | HeaderFromFile],
    token_file: str | None,
) -> FeedHeaders:
    """Read the headers of the feed at ``path``; what is wrong with them is reported.

    ``token_file`` holds a bearer token. Files are relative to the folder of the document.
    """
    values, files = dict[str, str](), list[str]()
    for name, written in headers.items():
        place = (*path, "headers", name)
        if isinstance(written, HeaderFromFile):
            _report_unknown_fields(document, place)
            value = _read_file(document, (*place, "file"), written.file, files)
        else:
            value = written
        _check_header(document, place, name, value)
        values[name] = value or ""
    if token_file is not None:
        if any(name.lower() == "authorization" for name in headers):
            document.report(
                (*path, "token_file"),
                "the feed has a header Authorization already",
                code="bad-header",
                suggestion="keep one of the two",
            )
        token = _read_file(document, (*path, "token_file"), token_file, files)
        values["Authorization"] = f"Bearer {token}"
    return FeedHeaders(values, tuple(files))


def _read_file(document: YamlDocument, place: Steps, file: str, files: list[str]) -> str | None:
    """Return the secret in a file; None if there is none, which is reported.

    The name is not shown: somebody may have written the secret in its place.
    """
    full_path = Path(document.file).parent / file
    if "\0" in file:
        secret = SecretFile(problem="its name cannot be one")
    else:
        files.append(str(full_path))
        secret = read_secret(full_path)
    if secret.problem:
        document.report(
            place,
            f"the secret file: {secret.problem}",
            code="bad-secret-file",
            suggestion=secret.suggestion,
        )
        return None
    if secret.warning:
        document.report(
            place,
            f"the secret file: {secret.warning}",
            code="open-secret-file",
            suggestion=secret.suggestion,
            level="warning",
        )
    return secret.value


def _check_header(document: YamlDocument, place: Steps, name: str, value: str | None) -> None:
    """Report a header that cannot be sent. ``value`` is None if its file was reported."""
    is_value = value is None or HEADER_VALUE.fullmatch(value)
    if not _HEADER_NAME.fullmatch(name) or not is_value:
        problem = "its name or value cannot be sent"
        suggestion = "write one line of ASCII, without blanks in the name"
    elif name.lower() in _OWN_HEADERS:
        problem, suggestion = "the fetcher sets this header itself", "remove it"
    else:
        return
    if name.lower() == "user-agent":
        suggestion = "use `user_agent`"
    document.report(place, problem, code="bad-header", suggestion=suggestion)


def _report_unknown_fields(document: YamlDocument, place: Steps) -> None:
    for field_name in document.value_at(place):
        if field_name != "file":
            document.report(
                (*place, field_name),
                f"unknown field {str(field_name)[:40]!r}",
                code="unknown-field",
                suggestion=did_you_mean(str(field_name), ["file"]),
            )
