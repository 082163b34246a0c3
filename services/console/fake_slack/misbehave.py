"""Answer as a fault says, instead of as Slack would."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from services.console.fake_slack.answers import SlackAnswer
from services.console.fake_slack.faults import Fault
from services.console.fake_slack.refusals import api_error, webhook_word
from services.console.fake_slack.web_api.arguments import ApiError


async def misbehave(
    fault: Fault, request: web.Request, answer: Callable[[], SlackAnswer], *, is_call: bool
) -> web.StreamResponse:
    """Do what the fault says; ``answer`` takes the message and returns the right answer."""
    if fault.accept:
        right = answer()
    if fault.do in ("status", "refuse"):
        return respond(_wrong_answer(fault, is_call=is_call))
    if fault.do == "reset":
        _abort(request)
        return web.Response()
    if fault.do == "drip":
        return await _drip(request, right if fault.accept else answer(), fault.seconds)
    await asyncio.sleep(fault.seconds)
    if fault.do == "hang":
        _abort(request)
        return web.Response()
    return respond(right if fault.accept else answer())


def respond(answer: SlackAnswer) -> web.Response:
    """Turn an answer into aiohttp's."""
    return web.Response(
        status=answer.status,
        text=answer.body,
        content_type=answer.content_type,
        headers=answer.headers,
    )


def _wrong_answer(fault: Fault, *, is_call: bool) -> SlackAnswer:
    headers: dict[str, str] = {}
    if fault.do == "refuse":
        answer = _refuse(fault.error, is_call=is_call)
        headers |= answer.headers
    else:
        answer = SlackAnswer(fault.status, fault.body, fault.content_type)
    if fault.retry_after is not None:
        headers["Retry-After"] = str(fault.retry_after)
    if fault.location is not None:
        headers["Location"] = fault.location
    return SlackAnswer(answer.status, answer.body, answer.content_type, headers)


def _refuse(error: str, *, is_call: bool) -> SlackAnswer:
    """Build the answer for a reason, in the words of what was asked."""
    if is_call:
        return SlackAnswer.of_api_error(ApiError(api_error(error)))
    return SlackAnswer.of_webhook(webhook_word(error))


async def _drip(request: web.Request, answer: SlackAnswer, seconds: float) -> web.StreamResponse:
    """Send headers at once, and the body byte by byte within ``seconds``."""
    body = answer.body.encode()
    headers = {**answer.headers, "Content-Type": answer.content_type}
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.content_length = len(body)
    await response.prepare(request)
    for index in range(len(body)):
        await asyncio.sleep(seconds / len(body))
        await response.write(body[index : index + 1])
    return response


def _abort(request: web.Request) -> None:
    """Close the connection without an answer; the client sees it broken."""
    if request.transport is not None:
        request.transport.abort()
