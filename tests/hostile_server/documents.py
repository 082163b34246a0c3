"""Documents that attack a parser: entities, depth, size, charsets, and what is no feed."""

import json

from services.fetcher.feed_error import FeedErrorKind
from tests.hostile_server.exchange import Exchange
from tests.hostile_server.honest import FEED, PAGE, rss
from tests.hostile_server.table import fails, passes

ENTITIES, NO_FEED = FeedErrorKind.ENTITIES, FeedErrorKind.NO_FEED
XML = "Content-Type: application/xml"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@fails(ENTITIES)
async def laughs_a_billion_times(exchange: Exchange) -> None:
    doctype = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>'
    await exchange.respond(rss(prolog=doctype, title="&l11;"), XML)


@fails(ENTITIES)
async def repeats_a_long_entity(exchange: Exchange) -> None:
    doctype = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>'
    await exchange.respond(rss(prolog=doctype, title="&a;" * 50_000), XML)


@fails(ENTITIES)
async def repeats_a_short_entity_a_hundred_thousand_times(exchange: Exchange) -> None:
    doctype = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 99}">]>'
    await exchange.respond(rss(prolog=doctype, title="&a;" * 100_000), XML)


@fails(ENTITIES)
async def declares_ten_thousand_entities(exchange: Exchange) -> None:
    declarations = "".join(f'<!ENTITY e{n} "x">' for n in range(10_000))
    await exchange.respond(rss(prolog=f"<!DOCTYPE rss [{declarations}]>"), XML)


@fails(ENTITIES)
async def includes_a_file(exchange: Exchange) -> None:
    doctype = '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    await exchange.respond(rss(prolog=doctype, title="&f;"), XML)


@fails(ENTITIES)
async def includes_an_inside_address(exchange: Exchange) -> None:
    url = f"http://{exchange.neighbours.canary}/x"
    doctype = f'<!DOCTYPE rss [<!ENTITY f SYSTEM "{url}">]>'
    await exchange.respond(rss(prolog=doctype, title="&f;"), XML)


@passes(1)
async def has_a_dtd_inside(exchange: Exchange) -> None:
    url = f"http://{exchange.neighbours.canary}/rss.dtd"
    await exchange.respond(rss(prolog=f'<!DOCTYPE rss SYSTEM "{url}">'), XML)


@passes(1)
async def has_parameter_entities_inside(exchange: Exchange) -> None:
    url = f"http://{exchange.neighbours.canary}/x.ent"
    doctype = f'<!DOCTYPE rss [<!ENTITY % x SYSTEM "{url}"> %x;]>'
    await exchange.respond(rss(prolog=doctype), XML)


@passes(1)
async def has_includes_and_style_sheets_inside(exchange: Exchange) -> None:
    url = f"http://{exchange.neighbours.canary}/x"
    sheet = f'<?xml-stylesheet type="text/xsl" href="{url}"?>'
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}"/>'
    schema = f'<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{url} {url}"/>'
    await exchange.respond(rss(prolog=sheet, inside=include + schema), XML)


@passes(1)
async def declares_a_harmless_entity(exchange: Exchange) -> None:
    doctype = '<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>'
    await exchange.respond(rss(prolog=doctype, title="Talks&nbsp;go&nbsp;on"), XML)


@fails(ENTITIES)
async def hides_an_entity_in_utf_16(exchange: Exchange) -> None:
    doctype = '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    text = rss(prolog=doctype, title="&f;").replace("utf-8", "utf-16")
    await exchange.respond(text.encode("utf-16"), XML)


@fails(NO_FEED)
async def nests_thirty_thousand_elements(exchange: Exchange) -> None:
    await exchange.respond("<a>" * 30_000 + "</a>" * 30_000, XML)


@passes(1)
async def nests_ten_thousand_elements_in_a_feed(exchange: Exchange) -> None:
    depth = 10_000
    await exchange.respond(rss(inside="<x>" * depth + "</x>" * depth), XML)


@passes(1)
async def has_an_attribute_of_two_megabytes(exchange: Exchange) -> None:
    await exchange.respond(rss(inside=f'<x y="{"a" * 2_000_000}"/>'), XML)


@fails(FeedErrorKind.LIMITS, slow=True)
async def has_a_hundred_thousand_attributes(exchange: Exchange) -> None:
    attributes = " ".join(f'a{n}="b"' for n in range(100_000))
    await exchange.respond(rss(inside=f"<x {attributes}/>"), XML)


@passes(1)
async def has_ten_thousand_namespaces(exchange: Exchange) -> None:
    names = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(10_000))
    await exchange.respond(rss(inside=f"<x {names}/>"), XML)


@passes(1)
async def has_a_title_of_half_a_megabyte(exchange: Exchange) -> None:
    await exchange.respond(rss(title="a" * 500_000), XML)


@passes(1)
async def has_a_title_of_open_tags(exchange: Exchange) -> None:
    await exchange.respond(rss(title="&lt;b" * 100_000), XML)


@passes(1)
async def has_a_comment_without_end(exchange: Exchange) -> None:
    await exchange.respond(FEED.replace(b"</channel></rss>", b"<!--" + b"-" * 100_000), XML)


@fails(NO_FEED)
async def has_cdata_without_end(exchange: Exchange) -> None:
    await exchange.respond("<rss><channel><title><![CDATA[" + "]]" * 100_000, XML)


@passes(0, says="longer than 2048 characters")
async def has_a_link_of_a_megabyte(exchange: Exchange) -> None:
    await exchange.respond(rss(f"/page?{'a' * 1_000_000}"), XML)


@passes(50, waiting=450, says="only the newest 500 of 1000")
async def lists_a_thousand_entries(exchange: Exchange) -> None:
    await exchange.respond(rss(*(f"/page{n}" for n in range(1_000))), XML)


@passes(1)
async def has_nul_bytes(exchange: Exchange) -> None:
    await exchange.respond(FEED.replace(b"go on", b"go\x00 on\x01"), XML)


@passes(1)
async def has_an_unknown_charset(exchange: Exchange) -> None:
    await exchange.respond(FEED.replace(b"utf-8", b"x-martian"), f"{XML}; charset=x-venusian")


@passes(1)
async def says_utf_16_and_is_utf_8(exchange: Exchange) -> None:
    await exchange.respond(FEED.replace(b"utf-8", b"utf-16"), f"{XML}; charset=utf-16")


@passes(1)
async def is_utf_16_without_a_mark(exchange: Exchange) -> None:
    await exchange.respond(rss().replace("utf-8", "utf-16").encode("utf-16-le"), XML)


@passes(1)
async def says_utf_7(exchange: Exchange) -> None:
    await exchange.respond(FEED.replace(b"utf-8", b"utf-7"), f"{XML}; charset=utf-7")


@passes(1)
async def has_broken_utf_8(exchange: Exchange) -> None:
    await exchange.respond(FEED.replace(b"go on", b"go \xff\xfe\xed\xa0\x80 on"), XML)


@fails(NO_FEED, says="an HTML page")
async def is_a_page(exchange: Exchange) -> None:
    await exchange.respond(PAGE, "Content-Type: application/rss+xml")


@fails(NO_FEED, says="a PDF file")
async def is_a_pdf(exchange: Exchange) -> None:
    await exchange.respond(b"%PDF-1.7\n" + bytes(10_000), "Content-Type: application/rss+xml")


@fails(NO_FEED)
async def is_noise(exchange: Exchange) -> None:
    await exchange.respond(bytes(range(256)) * 800, XML)


@fails(NO_FEED)
async def is_an_apostrophe_a_hundred_thousand_times(exchange: Exchange) -> None:
    await exchange.respond("<!DOCTYPE rss [" + "'" * 100_001, XML)


@fails(NO_FEED)
async def is_json_of_brackets(exchange: Exchange) -> None:
    await exchange.respond("[" * 100_000, "Content-Type: application/feed+json")


@fails(NO_FEED)
async def is_a_json_feed_of_numbers(exchange: Exchange) -> None:
    text = '{"version": "https://jsonfeed.org/version/1.1", "items": ' + "9" * 100_000 + "}"
    await exchange.respond(text, "Content-Type: application/feed+json")


@passes(1)
async def is_a_json_feed_with_strange_items(exchange: Exchange) -> None:
    items: list[object] = [
        None,
        7,
        [],
        {"url": 5},
        {"url": "javascript:1"},
        {"url": "/page", "title": {}},
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    await exchange.respond(json.dumps(feed), "Content-Type: application/feed+json")


@passes(0)
async def is_an_index_of_itself(exchange: Exchange) -> None:
    parts = f"<sitemap><loc>{exchange.base}/feed</loc></sitemap>" * 5_000
    await exchange.respond(f"<sitemapindex>{parts}</sitemapindex>", XML)


@passes(0, says="on another host than its index")
async def is_an_index_of_sitemaps_inside(exchange: Exchange) -> None:
    loc = f"<sitemap><loc>http://{exchange.neighbours.canary}/s.xml</loc></sitemap>"
    await exchange.respond(f"<sitemapindex>{loc}</sitemapindex>", XML)


@fails(FeedErrorKind.LIMITS, slow=True)
async def takes_a_minute_to_parse(exchange: Exchange) -> None:
    await exchange.respond(b"<rss><channel>" + b"<item><a>" * 900_000, XML)
