"""Serve POST /articles: 202 once the article is committed to articles.raw.

A process only puts a request on pushes.v1. The stage that owns the source's partition, in whatever
process, writes the article and a receipt in one transaction, and the receipt is the answer.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiolimiter import AsyncLimiter

from services.fetcher.push.problem import CONTENT_TYPE, PushProblem, describe_problem
from services.fetcher.push.pushed_article import (
    LINES_TYPES,
    MAX_LINES,
    PushedBody,
    parse_idempotency_key,
    parse_pushed,
    split_lines,
)
from services.fetcher.push.receipt_reader import ReceiptReader
from services.fetcher.push.receipts import fingerprint_of
from services.fetcher.push.tokens import PushToken, bearer_of, find_token
from shared.base import metrics
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.http.body_decoder import BodyDecoder
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW, PUSHES
from shared.kafka.transaction import Write, send_record
from shared.messages import headers
from shared.messages.ids import article_id, content_id
from shared.messages.schemas import PushReceipt, PushRequest, RawArticle
from shared.record_batches.inflate import BadEncoding
from shared.service.web_server import Route
from shared.stream.output import output

log = get(__name__)

BODY_S: Final = 20.0
"""How long a body may take to arrive."""
ANSWER_S: Final = 10.0
"""How long a request waits for its receipt; the stage's group may be rebalancing."""
MAX_REQUESTS: Final = 100
"""Requests at once: with the largest bodies they need 400 MB."""
BURST_S: Final = 10.0
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushLimits:
    """The largest body in bytes, and the articles per second of each token in the long run."""

    max_bytes: int
    per_s: float


class ArticleApi:
    """Answers POST /articles. ``tokens`` returns the entries that are valid now."""

    def __init__(
        self,
        cluster: Cluster,
        tokens: Callable[[], Sequence[PushToken]],
        receipts: ReceiptReader,
        limits: PushLimits,
    ) -> None:
        self._cluster, self._tokens, self._receipts = cluster, tokens, receipts
        self._limits = limits
        self._producer: AIOKafkaProducer | None = None
        self._rates: dict[str, AsyncLimiter] = {}
        self._running = 0

    def routes(self) -> list[Route]:
        """Return the routes of the server."""
        return [("POST /articles", self.post_articles)]

    async def start(self) -> None:
        """Read receipts, and start the producer of pushes.v1."""
        await self._receipts.start()
        self._producer = self._cluster.producer(linger_ms=0)
        await self._producer.start()

    async def run(self) -> None:
        """Read receipts until stopped."""
        await self._receipts.run()

    async def stop(self) -> None:
        """Stop reading receipts, and the producer."""
        await self._receipts.stop()
        if self._producer is not None:
            await self._producer.stop()

    async def post_articles(self, request: web.Request) -> web.StreamResponse:
        """Answer a POST of one article, or of a list of them."""
        self._running += 1
        try:
            if self._running > MAX_REQUESTS:
                raise _unavailable("busy", "too many requests are being answered")
            token = self._authenticate(request)
            content = await load_body(request, self._limits.max_bytes)
            with metrics.PUSH_SECONDS.time():
                return await self._answer(request, token, content)
        except PushProblem as problem:
            return _refuse(problem)
        finally:
            self._running -= 1

    def _authenticate(self, request: web.Request) -> PushToken:
        """Return the token's entry, before anything of the body is read."""
        token = find_token(self._tokens(), bearer_of(request.headers.get("Authorization", "")))
        if token is None:
            raise PushProblem(
                HTTPStatus.UNAUTHORIZED,
                "bad-token",
                "send `Authorization: Bearer TOKEN` with a token of the file PUSH_TOKENS_FILE",
                field="Authorization",
            )
        return token

    async def _answer(
        self, request: web.Request, token: PushToken, content: bytes
    ) -> web.StreamResponse:
        body = _describe_body(request, content)
        sent_key = request.headers.get("Idempotency-Key")
        key = None if sent_key is None else parse_idempotency_key(sent_key)
        if body.media_type not in LINES_TYPES:
            await self._take_turn(token, 1)
            return _accept(await self._push(body, key, token))
        lines = split_lines(content)
        await self._take_turn(token, len(lines))
        pushes = (
            self._push(
                replace(body, content=line, media_type=JSON, content_type=JSON),
                f"{key}/{number}" if key else None,
                token,
            )
            for number, line in enumerate(lines, 1)
        )
        return _accept_list(await asyncio.gather(*pushes, return_exceptions=True))

    async def _take_turn(self, token: PushToken, articles: int) -> None:
        """Count articles against the token's rate; PushProblem if there are too many."""
        rate = self._rates.get(token.id)
        if rate is None:
            burst = max(float(MAX_LINES), self._limits.per_s * BURST_S)
            rate = self._rates[token.id] = AsyncLimiter(burst, burst / self._limits.per_s)
        if not rate.has_capacity(articles):
            raise PushProblem(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too-fast",
                f"a token may post {self._limits.per_s:g} articles per second (PUSH_PER_S)",
                retry_after_s=1,
            )
        await rate.acquire(articles)  # without a wait

    async def _push(self, body: PushedBody, key: str | None, token: PushToken) -> PushReceipt:
        """Return the receipt of an article that is on articles.raw; PushProblem if it is not."""
        source, outcome = "", "failed"
        try:
            article = parse_pushed(body, token.sources, datetime.now(UTC))
            source = article.source
            receipt = await self._commit(article, key)
            outcome = receipt.outcome
        except PushProblem as problem:
            outcome = problem.code
            raise
        finally:
            metrics.PUSHED_ARTICLES.labels(source or token.sources[0], outcome).inc()
        log.info("article pushed", source=source, token=token.id, outcome=outcome)
        if receipt.outcome == "conflict":
            raise PushProblem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "key-reused",
                "another article was posted with this key: send a new key with each article",
                field="Idempotency-Key",
            )
        return receipt

    async def _commit(self, article: RawArticle, key: str | None) -> PushReceipt:
        """Put the article on pushes.v1, and wait for its receipt."""
        push = PushRequest(
            request=secrets.token_hex(16),
            source=article.source,
            fingerprint=fingerprint_of(article),
            article=article,
            idempotency_key=content_id("idempotency", article.source, key) if key else None,
        )
        record = build_push_record(self._cluster, push, now_ms=time.time_ns() // 1_000_000)
        receipt = self._receipts.expect(push.request)
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._send(record)
                return await receipt
        except (TimeoutError, KafkaError) as error:
            log.warning("no receipt for a pushed article", because=str(error) or "time is over")
            detail = "it is not certain that the article was accepted: repeat it with the same key"
            raise _unavailable("no-receipt", detail) from None
        finally:
            self._receipts.forget(push.request)

    async def _send(self, record: Write) -> None:
        if self._producer is None or not self._receipts.is_reading:
            raise _unavailable("starting", "the fetcher is starting or stopping")
        await send_record(self._producer, record)


def build_push_record(cluster: Cluster, push: PushRequest, *, now_ms: int) -> Write:
    """Build the record of a pushed article; PushProblem if it is too large for articles.raw."""
    try:
        output(ARTICLES_RAW, push.article)
        record = output(PUSHES, push)
    except InvalidMessage as error:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        raise PushProblem(status, "too-large", str(error)) from None
    incoming = {}
    article = push.article
    if article.published_at is not None and article.published_precision == "moment":
        incoming["t-published"] = str(int(article.published_at.timestamp() * 1000))
    outgoing = headers.build_outgoing(
        headers.encode_headers(incoming),
        value=record.value,
        ce_type="PushRequest.v1",
        ce_source="fetcher",
        checkpoint=None,
        now_ms=now_ms,
    )
    return Write(cluster.name(record.topic), record.key, record.value, outgoing)


async def load_body(request: web.Request, max_bytes: int) -> bytes:
    """Return a request's body, inflated; PushProblem if it is too large, too slow or broken."""
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip"):
        raise PushProblem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "bad-encoding",
            "compress the body with gzip or not at all",
            field="Content-Encoding",
        )
    if (request.content_length or 0) > max_bytes:
        raise _too_large(max_bytes)
    try:
        async with asyncio.timeout(BODY_S):
            return await _inflate(request, BodyDecoder(coding), max_bytes)
    except (ConnectionError, HttpProcessingError):
        # Mostly nobody is there any more to read this.
        detail = "the body ended early, or its chunks are broken"
        raise PushProblem(HTTPStatus.BAD_REQUEST, "cut-off", detail) from None
    except TimeoutError:
        detail = f"the body did not arrive within {BODY_S:g} s"
        raise PushProblem(HTTPStatus.REQUEST_TIMEOUT, "too-slow", detail) from None
    except BadEncoding as error:
        raise PushProblem(
            HTTPStatus.BAD_REQUEST, "bad-encoding", str(error), field="Content-Encoding"
        ) from None


async def _inflate(request: web.Request, decoder: BodyDecoder, max_bytes: int) -> bytes:
    body, received = bytearray(), 0
    async for chunk in request.content.iter_any():
        received += len(chunk)
        for piece in decoder.feed(chunk):
            body += piece
            if max(len(body), received) > max_bytes:
                raise _too_large(max_bytes)
    for piece in decoder.finish():
        body += piece
    if len(body) > max_bytes:
        raise _too_large(max_bytes)
    return bytes(body)


def _describe_body(request: web.Request, content: bytes) -> PushedBody:
    content_type = request.headers.get("Content-Type", "")
    return PushedBody(
        media_type=content_type.partition(";")[0].strip().lower(),
        content_type=content_type,
        content=content,
        parameters=dict(request.query),
    )


def _too_large(max_bytes: int) -> PushProblem:
    return PushProblem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too-large",
        f"the body is larger than {max_bytes} bytes, compressed or inflated (PUSH_MAX_KB)",
    )


def _unavailable(code: str, detail: str) -> PushProblem:
    return PushProblem(HTTPStatus.SERVICE_UNAVAILABLE, code, detail, retry_after_s=2)


def _describe_receipt(receipt: PushReceipt) -> dict[str, Any]:
    """Return what the sender is told of an accepted article: the same at every repetition."""
    return {
        "uri": receipt.uri,
        "article_id": article_id(receipt.uri),
        "accepted_at": receipt.accepted_at.isoformat(timespec="milliseconds"),
    }


def _accept(receipt: PushReceipt) -> web.Response:
    response = web.json_response(_describe_receipt(receipt), status=HTTPStatus.ACCEPTED)
    if receipt.outcome == "repeated":
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _accept_list(results: Sequence[PushReceipt | BaseException]) -> web.Response:
    """Answer a list: 202 if every article was accepted, else 207 with the status of each."""
    items = list[Mapping[str, Any]]()
    for number, result in enumerate(results, 1):
        if isinstance(result, PushReceipt):
            items.append({"line": number, "status": 202, **_describe_receipt(result)})
        elif isinstance(result, PushProblem):
            items.append({"line": number, **describe_problem(result)})
        else:
            raise result
    is_complete = all(item["status"] == HTTPStatus.ACCEPTED for item in items)
    status = HTTPStatus.ACCEPTED if is_complete else HTTPStatus.MULTI_STATUS
    return web.json_response({"articles": items}, status=status)


def _refuse(problem: PushProblem) -> web.Response:
    response = web.json_response(
        describe_problem(problem), status=problem.status, content_type=CONTENT_TYPE
    )
    if problem.status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status in _UNREAD:
        response.force_close()  # else the rest of the body would be read
    return response


_UNREAD: Final = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
