"""The child process that sends one message by Apprise: JSON on standard input, JSON on output.

Usage: python -m services.alerting.deliver.channels.apprise.sending. Apprise's services open
connections by themselves; an audit hook refuses those to addresses that are neither public nor
allowed, and ways around it: other programs, the system's log, libraries of C.
"""

import json
import logging
import os
import socket
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from shared.http.address_guard import AddressGuard

_CONNECTS: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_PROGRAMS: Final = frozenset(
    {
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"),
        *("syslog.openlog", "syslog.syslog", "ctypes.dlopen"),
    }
)
"""What would leave this process by another way than a socket of Python's."""


@dataclass(slots=True)
class SendingReport:
    """What happened: ``statuses`` are those of all HTTP requests, in order.

    ``is_known``: Apprise has such a service; ``is_sent``: it says that it has sent the message.
    ``connections`` counts the allowed ones that were tried, ``refusals`` the refused ones, and
    ``failures`` requests that reached no server.
    """

    is_known: bool = False
    is_sent: bool = False
    statuses: list[int] = field(default_factory=list)
    retry_after: str = ""
    connections: int = 0
    refusals: int = 0
    failures: int = 0


def main() -> None:
    """Send the message of standard input and report; nothing else reaches standard output."""
    output = os.dup(1)
    os.dup2(2, 1)
    logging.disable(logging.CRITICAL)
    order, report = json.load(sys.stdin), SendingReport()
    sending = _load_service(order["url"], report)
    sys.addaudithook(build_hook(build_guard(order["allowed"]), report))
    if sending is not None:
        _watch_requests(report)
        report.is_sent = bool(_send(sending, order["title"], order["body"]))
    os.write(output, json.dumps(asdict(report)).encode())


def _load_service(url: str, report: SendingReport) -> Any:
    """Return Apprise with the service of a URL, None if it knows none."""
    import apprise  # noqa: PLC0415 - optional, and needed here only

    asset = apprise.AppriseAsset(secure_logging=True, async_mode=False, interpret_escapes=False)
    sending = apprise.Apprise(asset=asset)
    report.is_known = bool(sending.add(url))
    return sending if report.is_known else None


def _send(sending: Any, title: str, body: str) -> bool | None:
    """Send, and return what Apprise says; an error of a service means that it was not sent."""
    import apprise  # noqa: PLC0415 - as above

    try:
        result: bool | None = sending.notify(
            title=title, body=body, body_format=apprise.NotifyFormat.TEXT
        )
    except Exception:  # noqa: BLE001 - a service may raise anything
        return False
    return result


def build_guard(allowed: Iterable[str]) -> AddressGuard:
    """Build a guard that also allows the addresses of allowed hosts: connections have no names."""
    guard = AddressGuard.from_entries(allowed)
    addresses = [address for host in guard.hosts for address in _resolve(host)]
    return AddressGuard.from_entries([*map(str, guard.networks), *addresses])


def _resolve(host: str) -> list[str]:
    try:
        return [str(info[4][0]) for info in socket.getaddrinfo(host, None)]
    except OSError:
        return []


def build_hook(guard: AddressGuard, report: SendingReport) -> Any:
    """Build an audit hook (PEP 578): it raises PermissionError for what is not allowed."""

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in _PROGRAMS:
            report.refusals += 1
            raise PermissionError("not by another way than a socket")
        if event not in _CONNECTS or args[1] is None:
            return
        if not _is_allowed(guard, args[1]):
            report.refusals += 1
            raise PermissionError("neither public nor allowed")
        report.connections += 1

    return hook


def _is_allowed(guard: AddressGuard, address: Any) -> bool:
    """Return whether an address of a socket may be connected to; a path or a name never may."""
    try:
        return bool(guard.filter_addresses("", [address[0].partition("%")[0]]))
    except (ValueError, TypeError, AttributeError, IndexError):
        return False


def _watch_requests(report: SendingReport) -> None:
    """Note the statuses of what the services request; Apprise itself only says yes or no."""
    import requests  # noqa: PLC0415 - Apprise brings it
    from urllib3.exceptions import NewConnectionError  # noqa: PLC0415 - as above

    send = requests.Session.send

    def watched(session: Any, request: Any, **options: Any) -> Any:
        try:
            response = send(session, request, **options)
        except requests.exceptions.ConnectionError as error:
            reason = getattr(error.args[0] if error.args else None, "reason", None)
            report.failures += isinstance(reason, NewConnectionError)
            raise
        report.statuses.append(response.status_code)
        report.retry_after = response.headers.get("retry-after", "")
        return response

    setattr(requests.Session, "send", watched)  # noqa: B010 - for this process only, which ends after it


if __name__ == "__main__":
    main()
