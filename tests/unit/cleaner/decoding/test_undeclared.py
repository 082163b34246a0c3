"""Pages that declare no charset: each language is read in the charset it is written in."""

import time
from collections.abc import Callable

import pytest

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.decoding.decode import decode, decode_bytes
from shared.messages.schemas import RawArticle

BuildRaw = Callable[..., RawArticle]

TEXTS = [
    (
        "fr",
        "cp1252",
        "Le président a déclaré à Séoul que les négociations étaient très avancées — “déjà vu”, selon les diplomates réunis lundi matin. Les délégués se sont réunis à la frontière.",
    ),
    (
        "de",
        "cp1252",
        "Der Präsident erklärte am Montag, die Gespräche über die Abrüstung würden in der Hauptstadt fortgeführt. Für die Öffentlichkeit blieb vieles unklar.",
    ),
    (
        "es",
        "cp1252",
        "El presidente declaró el lunes que las negociaciones continuarán en la capital. ¿Qué pasará mañana? Según la policía, no habrá más información.",
    ),
    (
        "pt",
        "cp1252",
        "O presidente declarou na segunda-feira que as negociações continuarão na capital, não há informação sobre a reunião dos ministros.",
    ),
    (
        "sv",
        "cp1252",
        "Presidenten sade på måndagen att förhandlingarna fortsätter i huvudstaden. Ministrarna åker också till mötet nästa vecka.",
    ),
    (
        "da",
        "cp1252",
        "Præsidenten sagde mandag, at forhandlingerne fortsætter i hovedstaden. Ministrene rejser også til mødet i næste uge, oplyste Søren Kjær.",
    ),
    (
        "nb",
        "cp1252",
        "Presidenten sa mandag at forhandlingene fortsetter i hovedstaden. Statsrådene reiser også til møtet neste uke, opplyste Bjørn Sæther.",
    ),
    (
        "fi",
        "cp1252",
        "Presidentti sanoi maanantaina, että neuvottelut jatkuvat pääkaupungissa. Myös ministerit lähtevät ensi viikolla kokoukseen.",
    ),
    (
        "it",
        "cp1252",
        "Il presidente ha detto lunedì che i negoziati continueranno nella capitale. Più tardi il ministro ha aggiunto che così non si può andare avanti, perché è tardi.",
    ),
    (
        "is",
        "cp1252",
        "Forsætisráðherra sagði á mánudag að viðræðurnar héldu áfram í höfuðborginni. Þingið kemur saman í næstu viku.",
    ),
    (
        "nl",
        "cp1252",
        "De president zei maandag dat de onderhandelingen in de hoofdstad worden voortgezet. “Wij zijn één,” zei hij over de coördinatie met België.",
    ),
    (
        "en",
        "cp1252",
        "The president said on Monday that the talks would go on in the capital. “It’s a déjà vu,” he said of the café’s role — and left. The area is 20 m² and costs £5.",
    ),
    (
        "pl",
        "cp1250",
        "Prezydent powiedział w poniedziałek, że rozmowy będą kontynuowane w stolicy. Ministrowie pojadą też na spotkanie w przyszłym tygodniu, żeby się porozumieć.",
    ),
    (
        "cs",
        "cp1250",
        "Prezident v pondělí řekl, že jednání budou pokračovat v hlavním městě. Ministři pojedou příští týden také na schůzku.",
    ),
    (
        "cs",
        "iso8859-2",
        "Prezident v pondělí řekl, že jednání budou pokračovat v hlavním městě. Ministři pojedou příští týden také na schůzku, šéf úřadu věří v úspěch.",
    ),
    (
        "hu",
        "cp1250",
        "Az elnök hétfőn azt mondta, hogy a tárgyalások a fővárosban folytatódnak. A miniszterek jövő héten szintén elutaznak a találkozóra, közölte a külügyminisztérium szóvivője. Erről később döntenek.",
    ),
    (
        "hr",
        "cp1250",
        "Predsjednik je u ponedjeljak rekao da će se pregovori nastaviti u glavnom gradu. Ministri će također sljedeći tjedan otići na sastanak, što još nije potvrđeno.",
    ),
    (
        "ro",
        "cp1250",
        "Preşedintele a spus luni că negocierile vor continua în capitală. Miniştrii vor merge şi ei la întâlnire săptămâna viitoare, după cum au anunţat.",
    ),
    (
        "lt",
        "cp1257",
        "Prezidentas pirmadienį sakė, kad derybos bus tęsiamos sostinėje. Ministrai taip pat kitą savaitę vyks į susitikimą, pranešė šaltiniai.",
    ),
    (
        "lv",
        "cp1257",
        "Prezidents pirmdien sacīja, ka sarunas turpināsies galvaspilsētā. Arī ministri nākamnedēļ dosies uz tikšanos, ziņo aģentūra.",
    ),
    (
        "et",
        "cp1257",
        "President ütles esmaspäeval, et läbirääkimised jätkuvad pealinnas. Ka ministrid sõidavad järgmisel nädalal kohtumisele, šefi žest.",
    ),
    (
        "tr",
        "cp1254",
        "Cumhurbaşkanı pazartesi günü görüşmelerin başkentte süreceğini söyledi. Bakanlar da gelecek hafta toplantıya gidecek, değişiklik olmayacağı açıklandı.",
    ),
    (
        "fr",
        "mac-roman",
        "Le président a déclaré à Séoul que les négociations étaient très avancées, selon les diplomates réunis lundi matin. Les délégués se sont réunis à la frontière.",
    ),
    (
        "ru",
        "cp1251",
        "Белый дом подтвердил подготовку второй встречи президента с лидером. Переговоры продолжатся в столице.",
    ),
    (
        "ru",
        "koi8-r",
        "Белый дом подтвердил подготовку второй встречи президента с лидером. Переговоры продолжатся в столице.",
    ),
    (
        "ko",
        "cp949",
        "미국과 북한의 두 번째 정상회담이 준비되고 있다고 백악관이 밝혔다. 회담은 수도에서 계속된다.",
    ),
    (
        "ja",
        "cp932",
        "ホワイトハウスは米朝首脳会談の準備を進めていると発表した。トランプ大統領は月曜日に述べた。",
    ),
    ("zh", "gb18030", "白宫证实正在筹备第二次美朝首脑会晤，总统周一表示会谈将在首都继续举行。"),
    (
        "el",
        "cp1253",
        "Ο πρόεδρος δήλωσε τη Δευτέρα ότι οι διαπραγματεύσεις θα συνεχιστούν στην πρωτεύουσα.",
    ),
    (
        "ca",
        "cp1252",
        "El president va dir dilluns que les negociacions continuaran a la capital. Què passarà demà? “És una qüestió d’interès públic”, va afegir la portaveu.",
    ),
    (
        "sk",
        "cp1250",
        "Prezident v pondelok povedal, že rokovania budú pokračovať v hlavnom meste. Ministri pôjdu budúci týždeň tiež na stretnutie, uviedol úrad vlády.",
    ),
    (
        "sk",
        "iso8859-2",
        "Minister zahraničných vecí uviedol, že ďalšie rokovania sa uskutočnia až koncom mesiaca. Či sa na nich zúčastní aj šéf diplomacie, nie je zatiaľ isté.",
    ),
    (
        "pl",
        "iso8859-2",
        "Rzecznik rządu poinformował, że ministrowie spotkają się w środę. Według źródeł dyplomatycznych porozumienie może zostać podpisane jeszcze w tym miesiącu.",
    ),
    (
        "sl",
        "cp1250",
        "Predsednik je v ponedeljek dejal, da se bodo pogajanja nadaljevala v glavnem mestu. Ministri bodo prihodnji teden prav tako odšli na srečanje, še poročajo.",
    ),
    (
        "bg",
        "cp1251",
        "Президентът заяви в понеделник, че преговорите ще продължат в столицата. Министрите също ще заминат следващата седмица.",
    ),
]
FRENCH = "Café à Pyongyang – “déjà vu”"


def build_page(text: str) -> str:
    """Return a page in the text's language whose template, menu and footer are English."""
    menu = "<ul><li>Home<li>News<li>Contact us</ul>"
    footer = "<p>Copyright 2019. All rights reserved by the publisher.</p>"
    script = "<script>var home = 1 < 2;</script>"
    title = f"<title>{text[:40]}</title>{script}"
    return f"<html lang=en><head>{title}</head><body>{menu}<p>{text}</p>{footer}"


@pytest.mark.parametrize(("language", "charset", "text"), TEXTS)
def test_each_language_is_read_in_its_charset(language: str, charset: str, text: str) -> None:
    """Alone, in an English template, and with the feed's headline to compare."""
    for page in (text, build_page(text)):
        for headline in ("", text[:40]):
            decoded = decode_bytes(page.encode(charset), "text/html", headline=headline)
            assert decoded.text == page, (language, decoded.charset)


@pytest.mark.parametrize(
    ("text", "charset", "headline", "language"),
    [
        ("<h1>Café</h1>", "cp1252", "Café", ""),
        ("<h1>Café</h1>", "cp1252", "", ""),
        ("<h1>Café</h1>", "mac-roman", "Café", ""),
        ("<h1>Żółw wrócił</h1>", "iso8859-2", "Żółw wrócił", ""),
        ("<h1>Šéf řekl</h1>", "cp1250", "", "cs"),
        ("<h1>Саммит</h1>", "koi8-r", "Саммит", ""),
        ("<h1>회담</h1>", "cp949", "회담", ""),
        ("<p>Le café de Séoul</p>", "cp1252", "Another headline – “edited”", "fr"),
    ],
)
def test_a_short_text_is_read_by_headline_and_stated_language(
    text: str, charset: str, headline: str, language: str
) -> None:
    """Too short for any detector: the feed knows better, and windows-1252 is the default."""
    decoded = decode_bytes(text.encode(charset), "text/html", headline=headline, language=language)
    assert decoded.text == text


def test_the_headline_of_the_feed_is_used_by_the_pipeline(raw: BuildRaw) -> None:
    """The step passes on what the raw article says of headline and language."""
    content = build_page(FRENCH).encode("mac-roman")
    draft = decode(ArticleDraft(raw=raw(content, content_type="text/html", headline=FRENCH)))
    assert isinstance(draft, ArticleDraft)
    assert FRENCH in draft.text


def test_a_declared_charset_is_not_overruled_by_the_headline() -> None:
    """Declarations come first, as before."""
    page = "<meta charset=windows-1251><p>Саммит прошёл</p>"
    decoded = decode_bytes(page.encode("cp1251"), "text/html", headline=FRENCH)
    assert (decoded.text, decoded.provenance) == (page, "page")


def test_one_letter_beyond_ascii_is_a_letter_and_no_broken_utf8() -> None:
    """A long page with one accent is windows-1252; half of a sequence is broken UTF-8."""
    words = "The talks went on in the capital. " * 30
    decoded = decode_bytes(f"{words}Café.".encode("cp1252"), "text/html")
    assert decoded.text.endswith("Café.")
    assert decode_bytes(words.encode() + b"\xe2\x80", "text/html").charset == "utf-8"


@pytest.mark.parametrize("piece", [b"<", b"\xe9", b"<script", b"e\xe9 ", b"\xe9<", b"<a \xff"])
def test_hostile_bytes_take_no_time(piece: bytes) -> None:
    """Only a sample is looked at, in linear time."""
    started = time.process_time()
    decode_bytes(piece * (1_000_000 // len(piece)), "text/html", headline=FRENCH * 50)
    assert time.process_time() - started < 3
