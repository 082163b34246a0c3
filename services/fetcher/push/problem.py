"""Refuse a pushed article as RFC 9457 has it: what is wrong, where, and how to put it right. Pure.

https://www.rfc-editor.org/rfc/rfc9457
"""

from http import HTTPStatus
from typing import Any, Final

CONTENT_TYPE: Final = "application/problem+json"
_TYPE: Final = "urn:summitwire:problem:"


class PushProblem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """A request, or one article of it, that is refused.

    ``code`` is for programs and never changes. ``field`` is where the mistake is: a field of the
    JSON, a parameter or a header. ``retry_after_s``: when a repetition may succeed.
    """

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        field: str = "",
        retry_after_s: int | None = None,
    ) -> None:
        self.status, self.code, self.detail, self.field = status, code, detail, field
        self.retry_after_s = retry_after_s
        super().__init__(detail)


def describe_problem(problem: PushProblem) -> dict[str, Any]:
    """Return the members of the problem's JSON."""
    members: dict[str, Any] = {
        "type": _TYPE + problem.code,
        "title": problem.status.phrase,
        "status": int(problem.status),
        "detail": problem.detail,
    }
    return members | ({"field": problem.field} if problem.field else {})
