"""Redirects: without end, to other schemes, and to addresses inside in every way to write them."""

from functools import partial

from services.fetcher.feed_error import FeedErrorKind
from shared.http.errors import HttpErrorKind
from tests.hostile_server.exchange import Exchange
from tests.hostile_server.honest import answer, rss
from tests.hostile_server.table import Part, Serve, fails, passes

REDIRECTS, TARGET = HttpErrorKind.REDIRECTS, HttpErrorKind.REDIRECT_TARGET

INSIDE = {
    "the_address": "http://{canary}/",
    "another_loopback_address": "http://127.9.9.9:{port}/",
    "a_decimal_number": "http://2130706433:{port}/",
    "a_hexadecimal_number": "http://0x7f000001:{port}/",
    "hexadecimal_parts": "http://0x7f.0.0.0x1:{port}/",
    "two_parts": "http://127.1:{port}/",
    "zero": "http://0:{port}/",
    "four_zeros": "http://0.0.0.0:{port}/",
    "the_unspecified_ipv6_address": "http://[::]:{port}/",
    "the_ipv6_loopback": "http://[::1]:{port}/",
    "the_ipv6_loopback_in_full": "http://[0000:0000:0000:0000:0000:0000:0000:0001]:{port}/",
    "an_ipv4_mapped_address": "http://[::ffff:127.0.0.1]:{port}/",
    "an_ipv4_mapped_address_in_hex": "http://[::ffff:7f00:1]:{port}/",
    "an_ipv4_compatible_address": "http://[::127.0.0.1]:{port}/",
    "nat64": "http://[64:ff9b::7f00:1]:{port}/",
    "local_nat64": "http://[64:ff9b:1::7f00:1]:{port}/",
    "6to4": "http://[2002:7f00:1::]:{port}/",
    "teredo": "http://[2001:0:7f00:1::]:{port}/",
    "a_link_local_address": "http://[fe80::1]:{port}/",
    "an_address_with_a_zone": "http://[fe80::1%25lo]:{port}/",
    "a_unique_local_address": "http://[fd00::1]:{port}/",
    "a_metadata_service": "http://169.254.169.254/latest/meta-data/",
    "a_metadata_service_on_ipv6": "http://[fd00:ec2::254]/latest/meta-data/",
    "a_private_network": "http://10.0.0.1:{port}/",
    "another_private_network": "http://192.168.1.1:{port}/",
    "a_carrier_s_network": "http://100.64.0.1:{port}/",
    "multicast": "http://224.0.0.1:{port}/",
    "broadcast": "http://255.255.255.255:{port}/",
    "localhost": "http://localhost:{port}/",
    "localhost_in_capitals": "http://LOCALHOST:{port}/",
    "an_address_without_a_scheme": "//{canary}/",
    "a_name_that_leads_inside": "http://inside.example:{port}/",
    "a_name_that_leads_to_several_inside_addresses": "http://all-inside.example:{port}/",
}
"""Ways to write the canary's address, and other addresses inside."""
UNRESOLVED = {
    "an_address_with_a_trailing_dot": "http://127.0.0.1.:{port}/",
    "a_name_without_an_address": "http://nobody.example:{port}/",
    "an_overlong_label": f"http://{'a' * 64}.example:{{port}}/",
}
TARGETS = {
    "a_file": "file:///etc/passwd",
    "a_file_on_a_host": "file://{canary}/etc/passwd",
    "gopher": "gopher://{canary}/_x",
    "ftp": "ftp://{canary}/",
    "dict": "dict://{canary}/d:x",
    "data": "data:text/xml,<rss/>",
    "javascript": "javascript:alert(1)",
    "a_socket": "unix:///var/run/docker.sock",
    "a_password_trick": "http://news.example@{canary}/",
    "a_password": "http://user:password@{canary}/",
    "an_octal_number": "http://0177.0.0.1:{port}/",
    "full_width_digits": "http://１２７.０.０.１:{port}/",
    "half_an_address": "http://[::1",
    "a_port_that_is_none": "http://127.0.0.1:99999/",
    "a_url_of_three_thousand_letters": "/" + "a" * 3_000,
    "controls": "http://{canary}\x01\x02/",
}


async def _redirect_to(target: str, exchange: Exchange) -> None:
    neighbours = exchange.neighbours
    url = target.replace("{canary}", neighbours.canary).replace("{port}", neighbours.canary_port)
    await exchange.redirect(url.encode().decode("latin-1"))


def _add_redirects(targets: dict[str, str], kind: HttpErrorKind) -> None:
    for name, target in targets.items():
        serve: Serve = partial(_redirect_to, target)
        serve.__name__ = f"redirects_to_{name}"
        fails(kind)(serve)


_add_redirects(INSIDE, HttpErrorKind.REFUSED)
_add_redirects(UNRESOLVED, HttpErrorKind.RESOLVE)
_add_redirects(TARGETS, TARGET)


@fails(HttpErrorKind.PORT, says="port 22")
async def redirects_to_another_port(exchange: Exchange) -> None:
    await exchange.redirect("http://8.8.8.8:22/")


@fails(HttpErrorKind.PORT, says="port 25")
async def redirects_to_a_name_s_mail_port(exchange: Exchange) -> None:
    await exchange.redirect("http://public.example:25/")


@fails(HttpErrorKind.CONNECT)
async def redirects_to_no_host(exchange: Exchange) -> None:
    """As in browsers, the host is then the server's own."""
    await exchange.redirect("http:///feed")


@fails(HttpErrorKind.CONNECT)
async def redirects_to_a_closed_port(exchange: Exchange) -> None:
    await exchange.redirect("http://127.0.2.99:9/")


@fails(REDIRECTS)
async def redirects_to_itself(exchange: Exchange) -> None:
    await exchange.redirect(exchange.path)


@fails(REDIRECTS)
async def redirects_to_an_empty_address(exchange: Exchange) -> None:
    await exchange.redirect("")


@fails(REDIRECTS)
async def redirects_in_a_circle(exchange: Exchange) -> None:
    await exchange.redirect("/feed?b" if exchange.path.endswith("?a") else "/feed?a")


@fails(REDIRECTS)
async def redirects_without_end(exchange: Exchange) -> None:
    await exchange.redirect(f"{exchange.path}1")


@fails(TARGET)
async def redirects_to_ever_longer_addresses(exchange: Exchange) -> None:
    await exchange.redirect(f"/feed?{'a' * (len(exchange.path) + 600)}")


async def _redirect_times(times: int, exchange: Exchange) -> None:
    if exchange.path.count("x") < times:
        await exchange.redirect(f"{exchange.path}x")
    else:
        await answer(exchange)


@fails(REDIRECTS)
async def redirects_six_times(exchange: Exchange) -> None:
    await _redirect_times(6, exchange)


@passes(1)
async def redirects_five_times(exchange: Exchange) -> None:
    await _redirect_times(5, exchange)


@fails(FeedErrorKind.STATUS, says="HTTP 302")
async def redirects_nowhere(exchange: Exchange) -> None:
    await exchange.respond("", status="302 Found")


@fails(FeedErrorKind.STATUS, says="HTTP 300")
async def offers_choices(exchange: Exchange) -> None:
    await exchange.redirect(f"http://{exchange.neighbours.canary}/", status="300 Choices")


@fails(FeedErrorKind.STATUS, says="HTTP 305")
async def demands_a_proxy(exchange: Exchange) -> None:
    await exchange.redirect(f"http://{exchange.neighbours.canary}/", status="305 Use Proxy")


@passes(1)
async def redirects_to_another_host_with_secrets(exchange: Exchange) -> None:
    await exchange.redirect(f"{exchange.neighbours.elsewhere}/feed", status="301 Moved")


@fails(HttpErrorKind.REFUSED)
async def redirects_to_an_honest_host_and_then_inside(exchange: Exchange) -> None:
    target = f"http://{exchange.neighbours.canary}/"
    await exchange.redirect(f"{exchange.neighbours.elsewhere}/redirect?{target}")


@fails(HttpErrorKind.REFUSED)
async def redirects_to_a_name_that_changes_its_address(exchange: Exchange) -> None:
    """The name leads to an allowed address first, and inside when it is asked again."""
    port = exchange.base.rpartition(":")[2]
    if "rebinding" in exchange.headers.get("host", ""):
        await exchange.redirect(f"http://rebinding.example:{exchange.neighbours.canary_port}/")
    else:
        await exchange.redirect(f"http://rebinding.example:{port}/feed")


@passes(1)
async def redirects_to_a_name_that_is_partly_inside(exchange: Exchange) -> None:
    port = exchange.neighbours.elsewhere.rpartition(":")[2]
    await exchange.redirect(f"http://partly-inside.example:{port}/feed")


@passes(1, says="is at an address that is neither public nor allowed")
async def lists_pages_inside(exchange: Exchange) -> None:
    canary = f"http://{exchange.neighbours.canary}/page"
    await exchange.respond(rss("/page", canary, "http://localhost/page", "http://[::1]/page"))


@passes(1, says="not an http or https URL")
async def lists_links_of_other_schemes(exchange: Exchange) -> None:
    links = (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "http://[::1",
        "/page",
    )
    await exchange.respond(rss(*links))


@passes(0, says="neither public nor allowed", part=Part.PAGE)
async def redirects_a_page_inside(exchange: Exchange) -> None:
    await exchange.redirect(f"http://{exchange.neighbours.canary}/")


@passes(0, says="neither public nor allowed", part=Part.PAGE)
async def refreshes_a_page_to_an_inside_address(exchange: Exchange) -> None:
    meta = f'<meta http-equiv="refresh" content="0; url=http://{exchange.neighbours.canary}/">'
    await exchange.respond(f"<html><head>{meta}</head></html>", "Content-Type: text/html")


@passes(0, says="cannot be requested", part=Part.PAGE)
async def redirects_a_page_to_a_file(exchange: Exchange) -> None:
    await exchange.redirect("file:///etc/passwd")


@passes(0, says="meta refresh more than", part=Part.PAGE)
async def refreshes_a_page_without_end(exchange: Exchange) -> None:
    meta = f'<meta http-equiv="refresh" content="0; url={exchange.path}1">'
    await exchange.respond(f"<html><head>{meta}</head></html>", "Content-Type: text/html")


@fails(HttpErrorKind.ROBOTS_UNREADABLE, part=Part.ROBOTS)
async def redirects_robots_txt_inside(exchange: Exchange) -> None:
    await exchange.redirect(f"http://{exchange.neighbours.canary}/robots.txt")


@passes(1, part=Part.ROBOTS)
async def redirects_robots_txt_without_end(exchange: Exchange) -> None:
    await exchange.redirect("/robots.txt")
