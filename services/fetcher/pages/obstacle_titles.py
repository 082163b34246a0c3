"""The titles of pages that sites show instead of an article. Pure.

A headline may begin with the same words ("Access denied: inspectors turned away"), so little may
follow them.
"""

import re
from collections.abc import Iterable
from typing import Final

from services.fetcher.pages.page_kinds import NotArticle

FOLLOWING: Final = 20
"""Characters that may follow the words: an address, a number, "to continue reading"."""
_SEPARATOR: Final = re.compile(r"\s+[|–—·•:-]\s+|\s*\|\s*")
_WORDS: Final[dict[NotArticle, tuple[str, ...]]] = {
    NotArticle.BOT_CHECK: (
        *("just a moment", "attention required", "are you (?:a robot|human)", "robot or human"),
        *("checking your browser(?: before.*)?", "pardon our interruption", "ddos-guard"),
        "(?:please )?(?:verify|verifying|confirm)(?: that)? you are (?:a )?human(?: by.*)?",
        *("access (?:to this page has been )?denied", "security check(?:point)?(?=\\W*\\Z)"),
        *("(?:bot|human) verification", "request unsuccessful", "un momento", "einen moment"),
        *("un instant(?=\\W*\\Z)", "один момент", "请稍候", "しばらくお待ち.*"),
    ),
    NotArticle.CONSENT_PAGE: (
        *("before you continue", "(?:cookie|privacy)[- ](?:consent|settings|wall|choices)"),
        *("we (?:value|care about) your privacy", "your privacy choices"),
        "(?:zustimmung|einwilligung)(?: erforderlich| notwendig|(?=\\W*\\Z))",
        *("(?:cookies|werbung) (?:zustimmen|akzeptieren)", "bevor sie (?:fortfahren|weiter)"),
        *("avant de continuer", "gestion (?:des|de vos) cookies", "antes de continuar"),
    ),
    NotArticle.SOFT_404: (
        *("(?:error |http )?404", "page (?:not found|cannot be found|introuvable)", "not found"),
        "page (?:is )?no longer (?:exists|available)",
        "(?:article|story|content) (?:not found|not available|no longer available)",
        *("seite (?:wurde )?nicht gefunden", "página no encontrada", "pagina non trovata"),
        *("страница не найдена", "페이지를 찾을 수 없.*", "ページが見つかりません.*"),
        *("页面不存在", "sayfa bulunamadı"),
    ),
    NotArticle.LOGIN_WALL: (
        *(
            "log ?in",
            "sign ?in",
            "please (?:log|sign) in",
            "register (?:to|or)",
            "anmeld(?:en|ung)",
        ),
        *("einloggen", "(?:se )?connect(?:er|ez-vous)", "connexion", "inici(?:ar|e|a) sesión"),
        *("accedi", "вход", "войти", "ログイン"),
    ),
    NotArticle.PAYWALL: (
        *("subscribe (?:to|now|for)", "subscription (?:required|offers?)", "already a subscriber"),
        *("become a (?:member|subscriber)", "jetzt (?:abonnieren|weiterlesen)", "abonnez-vous"),
        "suscr[ií]bete",
    ),
}
_PATTERNS: Final = tuple(
    (kind, re.compile(rf"(?:{'|'.join(words)})(?!\w)", re.IGNORECASE))
    for kind, words in _WORDS.items()
)


def name_titles(titles: Iterable[str]) -> frozenset[NotArticle]:
    """Return what the titles of a page say that it is; the site's own name may stand in them."""
    parts = [part.strip(" .!…") for title in titles for part in _SEPARATOR.split(title)]
    return frozenset(
        kind
        for kind, pattern in _PATTERNS
        for part in parts
        if (words := pattern.match(part)) and len(part) - words.end() <= FOLLOWING
    )
