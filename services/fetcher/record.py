"""A raw article as the record that is written to articles.raw: live ones, seeds and replays alike."""

from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW
from shared.kafka.transaction import Write
from shared.messages import headers
from shared.messages.schemas import RawArticle
from shared.stream.work import output


def raw_record(
    cluster: Cluster, article: RawArticle, *, now_ms: int, replay_id: str | None = None
) -> Write:
    """The record, keyed by source, with the first two stations of its latency ledger; InvalidMessage where it is too large for the topic."""
    written = output(ARTICLES_RAW, article)
    begun = {headers.REPLAY_ID: replay_id} if replay_id else {}
    if article.published_at is not None:
        begun["t-published"] = str(int(article.published_at.timestamp() * 1000))
    told = headers.build_outgoing(
        headers.encode_headers(begun),
        value=written.value,
        ce_type="RawArticle.v1",
        ce_source="fetcher",
        checkpoint="t-fetched",
        now_ms=now_ms,
    )
    return Write(cluster.name(written.topic), written.key, written.value, told)
