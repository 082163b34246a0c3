"""Shapes of text that might take a stage long, in any length.

Tests of time per byte and bench/hostile_text.py share them.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple


class Shape(NamedTuple):
    """A text of any length: ``head`` and ``tail`` occur once, ``unit`` as often as it takes."""

    unit: str
    head: str = ""
    tail: str = ""

    def text(self, length: int) -> str:
        """Return the text of this shape with about ``length`` characters."""
        return (
            self.head
            + self.unit * max(1, (length - len(self.head) - len(self.tail)) // len(self.unit))
            + self.tail
        )


_NAMES: Final = "Donald Trump met Kim Jong Un. Mike Pompeo and Moon Jae-in said so. "
_KIMS: Final = "Kim Jong Un met Kim Yong Chol. "

_ARTICLE: Final = (
    "\n"
    + "He said that it was so and would be so for a long time to come, officials said on Monday.\n"
    * 40
)

NAMES: Final[Mapping[str, Shape]] = {
    "capitalised names": Shape("John Smith Kim Jong Un Donald Trump Moon Jae In "),
    "names of several, joined": Shape("Trump-Kim-Moon-Abe-"),
    "hyphenated names": Shape("Kim-Jong-Un-Moon-Jae-In-"),
    "one name, joined": Shape("Kim-Jong-Un-"),
    "one name, joined, in capitals": Shape("KIM-JONG-UN-"),
    "one name, overlapping itself": Shape("Kim Jong-Un "),
    "names in capitals": Shape("JOHN SMITH KIM JONG UN DONALD TRUMP "),
    "names in small letters": Shape("john smith kim jong un donald trump moon jae-in "),
    "surnames": Shape("Kim Trump Moon Abe Pompeo Bolton "),
    "one surname": Shape("Kim "),
    "unknown surname, then known": Shape("Smith Kim "),
    "surnames and 'and'": Shape("and Kim and Trump "),
    "several of a surname": Shape("Kim said. ", head=_KIMS),
    "several of a surname, one line": Shape("Kim and ", head=_KIMS),
    "several of a surname, far from each": Shape(
        "he went on and on ", head=_KIMS, tail=" Kim said so." * 3
    ),
    "several of a surname in paragraphs": Shape(
        "Kim left.\n\nKim Jong Un met Kim Yong Chol, and Kim said\n\n", head=_KIMS
    ),
    "surnames with titles": Shape("President Moon and Foreign Minister Ri met President Trump, "),
    "surnames, offices after them": Shape(
        "Kim, the North Korean leader, Moon, the president, ", head=_KIMS
    ),
    "surnames and &": Shape("Kim & Moon & "),
    "initials": Shape("J. J. J. Kim "),
    "Mr and Ms": Shape("Mr. Kim Ms. Moon Mrs. Trump "),
    "near-aliases": Shape("Kim Jong Kim Jong U Donald J. Trum Moon Jae "),
    "names run together": Shape("KimJongUnDonaldTrumpMoonJaeIn"),
    "names with Jr": Shape("Donald Trump Jr., Kim Jong Un III, "),
    "ships": Shape("the USS Ronald Reagan and the carrier Reagan, Kim "),
    "ships and names": Shape("USS USS Donald Trump carrier Moon "),
    "towers": Shape("Trump Tower Kim Airport Reagan National Airport "),
    "surnames that are words": Shape("the Moon in May, in Bolton, the town of Bolton, "),
    "surnames in quotes": Shape("\"Kim\" 'Moon' “Trump” ‘Abe’ "),
    "surnames in brackets": Shape("(Kim (Moon (Trump "),
    "possessives": Shape("Kim's Moon’s Trump's Abes' "),
    "elisions": Shape("d'Kim l'Moon O'Trump qu'Abe "),
    "no-break spaces": Shape("Kim\u00a0Jong\u00a0Un\u00a0"),
    "combining marks": Shape("Ki\u0301m Jo\u0301ng U\u0301n "),
    "a name and marks without end": Shape("\u0301", head="Kim Jong Un"),
    "zero-width marks": Shape("Kim\u200b Jong\u00ad Un\ufeff "),
    "Korean names": Shape("김정은은 문재인이 트럼프와 "),
    "Korean names without spaces": Shape("김정은문재인트럼프"),
    "Chinese names": Shape("金正恩特朗普文在寅習近平"),
    "Japanese names": Shape("トランプ大統領と金正恩委員長が"),
    "Thai names": Shape("ทรัมป์คิมจองอึน"),
    "Russian names": Shape("Владимир Путин Сергей Лавров Ким Чен Ын "),
    "Arabic names": Shape("دونالد ترامب كيم جونغ أون "),
    "names, each a line": Shape("Kim Jong Un\nDonald Trump\n"),
    "surnames, each a line": Shape("Kim\nTrump\nMoon\n"),
    "surnames, each a paragraph": Shape("Kim\n\nTrump\n\nMoon\n\n"),
    "every kind of line break": Shape("Kim\rTrump\u2028Moon\u2029Abe\x0bKim\x0cMoon\x85Kim\r\n"),
    "names after a line in capitals": Shape("KIM SAID SO AND TRUMP DID, ", tail=" moon"),
}

COUNTRIES: Final[Mapping[str, Shape]] = {
    "countries": Shape("North Korea South Korea China Japan "),
    "countries, a list": Shape("China, Japan, Russia and North Korea, "),
    "countries, joined": Shape("US-China-Japan-North Korea-"),
    "short names": Shape("Georgia and Georgia, "),
    "short names and countries": Shape("Georgia, Armenia, Jordan Peele, Michael Jordan, "),
    "capitals as governments": Shape("Pyongyang said Seoul told Washington "),
    "capitals, a list": Shape("Pyongyang, Seoul, Washington, Beijing, "),
    "capitals as places": Shape("in Hanoi, to Seoul, from Pyongyang, "),
    "datelines": Shape("SEOUL (Reuters) - "),
    "datelines, each a line": Shape("SEOUL, Sept. 11 (Reuters) - so.\n"),
    "datelines without end": Shape("/SEOUL", head="SEOUL"),
    "capitals of a dateline": Shape("SEOUL "),
    "US": Shape("US "),
    "US and us": Shape("tell US and us "),
    "the U.S.": Shape("the U.S. and the U.S.-"),
    "demonyms": Shape("North Korean Chinese Japanese Russian "),
    "longer names": Shape("Korea Times Air China the Bank of China the Irish Sea "),
    "states": Shape("Peru, Indiana; Lebanon, Pa.; Paris, Texas; "),
    "both Koreas": Shape("both Koreas the two Koreas "),
    "of": Shape("of of of "),
    "of countries": Shape("of Korea of China of the Bank of "),
    "decoys": Shape("Trump Tower The Washington Post the Korea Times "),
}

OFFICES: Final[Mapping[str, Shape]] = {
    "titles": Shape("President President "),
    "titles in small letters": Shape("president president "),
    "offices": Shape("secretary of state prime minister foreign minister "),
    "offices, with countries": Shape(
        "South Korean president Japan's prime minister president of China "
    ),
    "offices, joined": Shape("South Korean-president-foreign-minister-"),
    "offices of people": Shape(
        "Trump's chief of staff Trump's secretary of state ", head="Donald Trump. "
    ),
    "roles": Shape(
        "as secretary of state, named prime minister of Japan, ", head="Mike Pompeo, Shinzo Abe "
    ),
    "roles and people": Shape("Mike Pompeo named as secretary of state and ", head="Donald Trump "),
    "acting": Shape("acting secretary of state acting president "),
    "seats in offices": Shape("Pentagon chief White House press secretary Kremlin spokesman "),
    "seats and offices apart": Shape("the White House said the president the Pentagon said "),
    "organisations": Shape("the United Nations NATO the White House the UN "),
    "organisations and offices": Shape("United Nations secretary of state IAEA president "),
    "abbreviations": Shape("NATO UN IAEA EU "),
    "titles and unknown names": Shape("Foreign Minister Jane Doe, President John Smith, "),
}

EVENTS: Final[Mapping[str, Shape]] = {
    "events": Shape(_NAMES),
    "events, one line": Shape("Donald Trump met Kim Jong Un and "),
    "events of both": Shape("Donald Trump and Kim Jong Un met and "),
    "verbs": Shape("met praised threatened "),
    "verbs after one name": Shape("met praised threatened ", head="Donald Trump "),
    "verbs before one name": Shape("met praised threatened ", tail="Donald Trump "),
    "helpers after a name": Shape("has been ", head="Donald Trump ", tail="met Kim Jong Un"),
    "helpers after each name": Shape("Donald Trump has not been would have had been to met "),
    "capitals after a verb": Shape("Aa Bb ", head="Donald Trump met ", tail="Kim Jong Un."),
    "capitals after each verb": Shape("Trump met Aa Bb Cc Dd Ee Ff ", head="Donald Trump "),
    "verbs, then capitals": Shape("Aa ", head="Donald Trump " + "met " * 40, tail="Kim Jong Un."),
    "conditions": Shape("If Trump should meet Kim, would Trump meet Kim? "),
    "quotations": Shape('"Trump met Kim Jong Un," he said. “Trump met Kim,” '),
    "quotations without end": Shape('“Trump met Kim" '),
    "quotes": Shape('"'),
    "quotes of all kinds": Shape("\"'“”‘’«»„"),
    "passives": Shape("Trump was praised by Kim and the president "),
    "negations": Shape("Trump did not n't never meet Kim "),
    "beginnings": Shape("Trump to meet Kim "),
    "to": Shape("to to to "),
    "days": Shape("on Monday last Tuesday ", head="Trump ", tail="met Kim"),
}

KEYWORDS: Final[Mapping[str, Shape]] = {
    "keywords": Shape("summit sanctions denuclearization missile test "),
    "one keyword": Shape("summit "),
    "keywords, joined": Shape("summit-sanctions-nuclear-weapons-"),
    "overlapping keywords": Shape("nuclear weapons test nuclear test site missile test "),
    "keywords in capitals": Shape("SUMMIT SANCTIONS NUCLEAR "),
}

SIGNS: Final[Mapping[str, Shape]] = {
    "ordinary text": Shape(
        "U.S. President Donald Trump said on Monday that he would meet North Korean leader Kim "
        "Jong Un in June, if talks in Seoul went well.\n\n"
        "“We will see what happens,” he told reporters at the White House. South Korea's foreign "
        "ministry welcomed the plan.\n\n"
    ),
    "one letter": Shape("a"),
    "one capital": Shape("A"),
    "one letter and a space": Shape("a "),
    "one word without end": Shape("abcdefghij"),
    "words": Shape("word "),
    "capital words": Shape("Word "),
    "spaces": Shape(" ", head="a", tail="b"),
    "no-break spaces only": Shape("\u00a0", head="a", tail="b"),
    "tabs": Shape("\t", head="a", tail="b"),
    "empty lines": Shape("\n", head="a", tail="b"),
    "carriage returns": Shape("\r", head="a", tail="b"),
    "lines of a letter": Shape("a\n"),
    "lines with spaces": Shape("a \n \n"),
    "full stops": Shape("."),
    "full stops and spaces": Shape(". "),
    "full stops and capitals": Shape("A. "),
    "initials without spaces": Shape("A."),
    "ellipses": Shape("… "),
    "commas": Shape(", "),
    "hyphens": Shape("-"),
    "dashes": Shape("— "),
    "underscores": Shape("_"),
    "asterisks": Shape("* "),
    "bars": Shape("Home | News | "),
    "slashes": Shape("/"),
    "apostrophes": Shape("'"),
    "letters and apostrophes": Shape("a'"),
    "open brackets": Shape("("),
    "closed brackets": Shape(")"),
    "brackets": Shape("()"),
    "brackets and words": Shape("(a [b {c "),
    "dateline brackets": Shape("(a=b "),
    "less than": Shape("<"),
    "tags left open": Shape("<a "),
    "comments left open": Shape("<!--"),
    "ampersands": Shape("&"),
    "entities": Shape("&amp;"),
    "entities left open": Shape("&amp"),
    "digits": Shape("1"),
    "numbers": Shape("1 2 34 "),
    "decimals": Shape("1.2.3."),
    "thousands": Shape("1,234,567 "),
    "dates": Shape("2018-09-12 September 12, 2018, 12/09/2018 "),
    "dates without end": Shape("12/09/"),
    "days and months": Shape("May 12 May 13 in May "),
    "times": Shape("12:30:45 "),
    "clock times, lines": Shape("12:30 p.m. ET\n"),
    "addresses": Shape("http://example.com/a/b?c=d "),
    "an address without end": Shape("/a.b-c_d", head="https://example.com"),
    "mail addresses": Shape("a.b@example.com "),
    "a mail address without end": Shape("a.b@"),
    "at signs": Shape("@"),
    "hash tags": Shape("#kim "),
    "emoji": Shape("😀"),
    "joined emoji": Shape("👨\u200d👩\u200d👧 "),
    "flags": Shape("🇰🇵🇺🇸"),
    "right to left": Shape("שלום עולם "),
    "Arabic": Shape("قال الرئيس الأمريكي "),
    "marks of direction": Shape("\u202ea\u202c "),
    "Chinese": Shape("朝鲜领导人说"),
    "Chinese sentences": Shape("他说了。"),
    "kana": Shape("カタカナとひらがな"),
    "Thai": Shape("ประธานาธิบดีกล่าว"),
    "Burmese": Shape("မြန်မာနိုင်ငံ"),
    "Khmer": Shape("កម្ពុជា។"),
    "Korean": Shape("북한 지도자는 말했다. "),
    "hindi": Shape("उत्तर कोरिया ने कहा। "),
    "combining marks alone": Shape("\u0301"),
    "mixed combining marks": Shape("a\u0301\u0323\u0302\u0316"),
    "composing hangul": Shape("\u1100\u1161\u11a8"),
    "ligatures": Shape("ﬁﬂ"),
    "widest of compatible characters": Shape("ﷺ"),
    "half-width": Shape("ｱｲｳ"),
    "full-width": Shape("Ｋｉｍ　"),
    "broken halves": Shape("\ud800a"),
    "control characters": Shape("\x01\x02\x1f"),
    "sharp s": Shape("ß"),
    "dotted capital I": Shape("İ"),
    "final sigma": Shape("Σς "),
    "many characters": Shape("".join(map(chr, range(0xC0, 0x500)))),
    "bylines": Shape("By John Smith, Reuters\n"),
    "menus": Shape("Home\nNews\nSports\nShare on Facebook\n"),
    "reading lines": Shape("Read more: Kim met Trump\n"),
    "lists": Shape("- item\n* item\n1. item\n"),
    "corrections": Shape("(Corrects date in paragraph 3) UPDATE 1- "),
    "long lines": Shape(
        (
            "He said that it was so and that it would be so for a long time to come, "
            "officials said on Monday. "
        )
        * 6
        + "\n"
    ),
    "paragraphs": Shape("He said that it was so, officials said on Monday.\n\n"),
    "sentences": Shape("He said so. "),
    "wrapped lines": Shape(
        "He said that it was so and would be so for a long\n"
        "time to come, officials said on Monday in the\n"
    ),
}

LINES: Final[Mapping[str, Shape]] = {
    "comments before nothing": Shape("<!---->", tail="x"),
    "a headline of one word that begins in Han": Shape(
        "".join(f"x{number}" for number in range(5_000)), head="中", tail=_ARTICLE
    ),
    "a headline of marks": Shape("\u093c\u093d\u093e \u093f\u0940\u0941 ", tail=_ARTICLE),
    "headlines": Shape("Kim and Trump meet in Hanoi for a second summit\n", tail=_ARTICLE),
    "sentences of two scripts": Shape("。a"),
    "words in small letters and capitals": Shape("aBc"),
    "a credit left open": Shape("(Photo "),
    "notes left open": Shape("(Corrects this story ", head="Kim met Trump.\n"),
    "copyright": Shape("(c) © "),
    "newsletters": Shape("our daily weekly "),
    "full stops before quotes": Shape('.")”', head="Kim said", tail=" x"),
    "stops and closing signs": Shape(".'')) "),
    "sections": Shape("By Kim, Moon, Trump, "),
    "words of no spaces and full stops": Shape("a.b"),
    "numbers with commas": Shape("1,"),
    "titles before stops": Shape("No. (Mr. "),
    "blank lines with spaces": Shape("\n   ", head="a", tail="b"),
    "paragraphs in Thai": Shape("ประธานาธิบดีกล่าวว่าเขาจะพบกับผู้นำเกาหลีเหนือในเดือนหน้า\n"),
    "many short paragraphs": Shape("He met her and left it.\n"),
}
"""For the cleaner above all: what its patterns look for, begun and not ended."""

TEXTS: Final[Mapping[str, Shape]] = {
    **NAMES,
    **COUNTRIES,
    **OFFICES,
    **EVENTS,
    **KEYWORDS,
    **SIGNS,
    **LINES,
}

_LD_ARTICLE: Final = (
    '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2018-09-12",'
)
_PAGE: Final = (
    "<html><head><title>Kim meets Trump</title></head><body><article><h1>Kim meets Trump</h1>"
)
_STORY: Final = (
    "<p>He said that it was so and would be so for a long time to come, "
    "officials said on Monday.</p>"
) * 8

PAGES: Final[Mapping[str, Shape]] = {
    "paragraphs": Shape(
        "<p>He said that it was so, and would be so for a long time to come.</p>", head=_PAGE
    ),
    "one long paragraph": Shape(
        "He said that it was so, and would be so for a long time. ", head=_PAGE + "<p>"
    ),
    "nested elements": Shape("<div>", head=_PAGE, tail=_STORY),
    "nested elements, closed": Shape("<div><p>so</p></div>", head=_PAGE, tail=_STORY),
    "nested formatting": Shape("<b><i>so ", head=_PAGE, tail=_STORY),
    "formatting across": Shape("<b><p>so</b></p>", head=_PAGE, tail=_STORY),
    "nested links": Shape("<a href=x>so ", head=_PAGE, tail=_STORY),
    "links": Shape('<a href="/kim">Kim meets Trump again</a> ', head=_PAGE, tail=_STORY),
    "siblings": Shape("<div>so</div>", head=_PAGE, tail=_STORY),
    "empty siblings": Shape("<p></p>", head=_PAGE, tail=_STORY),
    "empty elements": Shape("<br>", head=_PAGE, tail=_STORY),
    "unclosed tags": Shape("<p ", head=_PAGE + _STORY),
    "stray ends": Shape("</div>", head=_PAGE, tail=_STORY),
    "stray ends of formatting": Shape("</b></p>", head=_PAGE, tail=_STORY),
    "attributes": Shape('a="b" ', head=_PAGE + "<p ", tail=">" + _STORY),
    "one long attribute": Shape("a", head=_PAGE + '<p class="', tail='">' + _STORY),
    "classes": Shape("author byline ", head=_PAGE + '<p class="', tail='">' + _STORY),
    "authors": Shape('<span class="author">By Kim</span>', head=_PAGE, tail=_STORY),
    "nested authors": Shape('so <div class="author">', head=_PAGE, tail=_STORY),
    "text in nested authors": Shape(
        "so it was ", head=_PAGE + '<div class="author">' * 120, tail=_STORY
    ),
    "comments": Shape("<!-- so -->", head=_PAGE, tail=_STORY),
    "scripts": Shape("<script>var a = 1;</script>", head=_PAGE, tail=_STORY),
    "scripts with dates": Shape("<script>2018-09-12</script>", head=_PAGE, tail=_STORY),
    "scripts left open": Shape("<script>", head=_PAGE + _STORY),
    "one long script": Shape("a('</');", head=_PAGE + "<script>", tail="</script>" + _STORY),
    "styles": Shape("<style>a{}</style>", head=_PAGE, tail=_STORY),
    "JSON-LD of values": Shape(
        "1,", head=_PAGE + '<script type="application/ld+json">[', tail="1]</script>" + _STORY
    ),
    "JSON-LD of members": Shape(
        '"a":1,"b":[],',
        head=_PAGE + '<script type="application/ld+json">{',
        tail='"a":1}</script>' + _STORY,
    ),
    "JSON-LD of objects": Shape(
        '{"@type":"Person"},',
        head=_PAGE + '<script type="application/ld+json">[',
        tail="1]</script>" + _STORY,
    ),
    "JSON-LD of lists": Shape(
        "[", head=_PAGE + '<script type="application/ld+json">', tail="</script>" + _STORY
    ),
    "JSON-LD of lists of values": Shape(
        "[" + "1," * 900 + "1],",
        head=_PAGE + '<script type="application/ld+json">[',
        tail="1]</script>" + _STORY,
    ),
    "JSON-LD of authors": Shape(
        '"' + "x" * 719 + '",',
        head=_PAGE + _LD_ARTICLE + '"author":[',
        tail='"Kim"]}</script>' + _STORY,
    ),
    "JSON-LD with a long headline": Shape(
        "Kim - ", head=_PAGE + _LD_ARTICLE + '"headline":"', tail='"}</script>' + _STORY
    ),
    "JSON-LD with a body": Shape(
        "He said so. ", head=_PAGE + _LD_ARTICLE + '"articleBody":"', tail='"}</script>' + _STORY
    ),
    "meta elements": Shape(
        '<meta name="author" content="Kim">', head="<html><head>", tail=_PAGE + _STORY
    ),
    "meta elements of long words": Shape(
        '<meta name="author" content="' + "x" * 900 + '">', head="<html><head>", tail=_PAGE + _STORY
    ),
    "a long title": Shape(
        "Kim | ", head="<html><head><title>", tail="</title></head><body>" + _STORY
    ),
    "headlines": Shape("<h1>Kim meets Trump</h1>", head=_PAGE, tail=_STORY),
    "short headlines": Shape("<h1>x</h1>", head=_PAGE, tail=_STORY),
    "headlines and words": Shape("<h1>x</h1><p>y</p>", head=_PAGE, tail=_STORY),
    "headlines with kickers": Shape(
        "<h1><span class=kicker>A</span> Kim meets Trump</h1>", head=_PAGE, tail=_STORY
    ),
    "embedded posts": Shape(
        '<blockquote class="twitter-tweet"><p>so</p>&mdash; J (@j)</blockquote>',
        head=_PAGE,
        tail=_STORY,
    ),
    "posts by their attributions": Shape(
        "<blockquote><p>so it was</p>&mdash; J (@j)</blockquote>", head=_PAGE, tail=_STORY
    ),
    "fact boxes": Shape(
        "<h3>By the numbers</h3><ul><li>3 dogs.</li></ul>", head=_PAGE, tail=_STORY
    ),
    "forms with text": Shape(
        "<form><p>Your name and your story.</p></form>", head=_PAGE, tail=_STORY
    ),
    "a long headline": Shape("Kim ", head="<html><body><h1>", tail="</h1>" + _STORY),
    "times": Shape('<time datetime="2018-09-12">so</time>', head=_PAGE, tail=_STORY),
    "days in text": Shape("<span>12 September 2018</span>", head=_PAGE, tail=_STORY),
    "tables": Shape("<table><tr><td>so</td></tr></table>", head=_PAGE, tail=_STORY),
    "rows": Shape("<tr><td>so<td>it", head=_PAGE + "<table>", tail="</table>" + _STORY),
    "text in a table": Shape("so <b>it</b> ", head=_PAGE + "<table>", tail="</table>" + _STORY),
    "nested tables": Shape("<table><tr><td>", head=_PAGE, tail=_STORY),
    "lists": Shape("<li>Kim meets Trump", head=_PAGE + "<ul>", tail="</ul>" + _STORY),
    "nested lists": Shape("<ul><li>", head=_PAGE, tail=_STORY),
    "choices": Shape("<option>so", head=_PAGE + "<select>", tail="</select>" + _STORY),
    "forms": Shape("<form><input>", head=_PAGE, tail=_STORY),
    "images": Shape('<img src="a.png" alt="Kim meets Trump">', head=_PAGE, tail=_STORY),
    "figures": Shape(
        "<figure><figcaption>Kim meets Trump</figcaption></figure>", head=_PAGE, tail=_STORY
    ),
    "drawings": Shape("<svg><path d='M0'/></svg>", head=_PAGE, tail=_STORY),
    "entities": Shape("&lt;&eacute;&#x4e2d;", head=_PAGE + "<p>", tail=_STORY),
    "entities left open": Shape("&eacute", head=_PAGE + "<p>", tail=_STORY),
    "templates": Shape("<template>so</template>", head=_PAGE, tail=_STORY),
    "unknown elements": Shape("<a-b>so", head=_PAGE, tail=_STORY),
    "articles": Shape(
        "<article><h1>Kim</h1><p>He said so and would say so again.</p></article>",
        head=_PAGE,
        tail=_STORY,
    ),
    "repeated paragraphs": Shape(
        "<p>" + "he said so and left " * 8 + "</p>", head=_PAGE, tail=_STORY
    ),
    "text without elements": Shape("He said so. ", head="<html><body>"),
    "preformatted text": Shape("He said so.\n", head=_PAGE + "<pre>", tail="</pre>" + _STORY),
    "frames": Shape("<iframe></iframe>", head=_PAGE, tail=_STORY),
}
"""Pages for the cleaner."""


def texts(length: int) -> Iterator[tuple[str, str]]:
    """Return the name of each shape, and its text of that length."""
    for name, shape in TEXTS.items():
        yield name, shape.text(length)
