"""Words that pages put around articles, in many languages. To add one, add a line here.

Every list but FURNITURE holds regular expressions, one a line, which are searched for in a line of
text regardless of case.
"""

import re
from typing import Final

_ICON = r"""
\b(?:icon|arrow|chevron|burger|hamburger|caret|sketch|artboard|glyph|svg|logo|path|layer|shape)
\b(?:facebook|twitter|linkedin|whatsapp|mail|print|search|menu|close|share|contact)
(?-i:Icon)
"""

_SUBSCRIPTION = r"""
^subscribe\b
\band subscribe$
\bsubscribers? only\b
\bsubscribe (?:now|today|here|to (?:get|read|continue|our|the|unlock|access))\b
\bneed a subscription\b
\balready a (?:subscriber|member)\b
\byour (?:free )?(?:trial|subscription)\b
\bunlimited (?:digital )?access\b
\b(?:get|enjoy|for) full (?:digital )?access\b
\bfree articles? (?:left|this|remaining)\b
\barticles? (?:left|remaining) this month\b
\bour (?:daily |weekly |free |morning )*newsletters?\b
^(?:get|join) (?:our|the) .{0,40}newsletter
\bto continue reading\b
\bsupport our journalism\b
\bjetzt (?:abonnieren|anmelden|testen|weiterlesen)\b
\bnewsletter (?:abonnieren|bestellen)\b
\bprobeabo\b
\bmit .{0,20}abo (?:lesen|weiterlesen)\b
\babonnez-vous\b
\bs[’']abonner\b
\bdéjà abonné
\barticle réservé aux abonnés\b
\binscrivez-vous à\b
\bsuscríb[ae]te\b
\bya eres suscriptor\b
\binicia sesión\b
\bassine (?:já|agora)\b
\babbonati\b
구독하기|구독 신청|로그인이 필요|회원가입|유료 회원
会員登録|有料会員|購読する|ログインして
立即订阅|订阅后|請先登入|登录后
اشترك الآن|تسجيل الدخول
подпишитесь|оформить подписку
"""

_OFFER = r"""
\b(?:sign|log) ?(?:up|in) (?:to|for|now|here|or)\b
^(?:sign|log) ?(?:up|in)\b
\bcreate an account\b
^register (?:now|to|for)\b
\btry (?:it )?(?:\d+|one|three) (?:days?|weeks?|months?)\b
\boffer ends\b
\bcancel any ?time\b
\bfree trial\b
\b(?:all|special) offers\b
\byour (?:full |free )?access\b
"""

_PHOTO_AGENCY = r"""
\b(?:Getty Images|AFP PHOTO|Shutterstock)\s*[).\]]?$
(?-i:\b(?:REUTERS|AP|EPA|Kyodo|KCNA|Yonhap)/[A-Z][\w .-]{2,40})[).\]]?$
\((?:AP|AFP|Reuters|EPA) (?:Photo|file)[^()]{0,40}\)$
/ ?dpa$
\b(?:Bildrechte|Bildquelle|Foto|Photo|Bild|Image|Credit)s?(?: 출처)?\s*[:=：]\s*[^.!?:]{2,50}$
\b(?:사진|写真)s?(?: 출처)?\s*[:=：]\s*[^.!?:]{2,50}$
(?-i:\b(?:IMAGO|EFE|ANSA|NTB|Ritzau|LUSA|TASS|Xinhua)) ?/ ?[^\W\d_][\w .-]{2,40}[).\]]?$
"""

_FURNITURE_START = r"""
(?:read (?:more|also|next)|also read|see also|watch|recommended(?: for you)?)\s*[:：»>|]
related(?: stor(?:y|ies)| articles?| content)?\s*[:：»>|]
(?:more from|more (?:on|from) this (?:story|topic))\s*[:：»>|]
(?:(?:what to )?read next|you (?:may|might) also like|up next|don[’']t miss)\s*[:：»>|]
(?:click|tap) here\b|follow us on\b|share (?:this|on)\b|scroll (?:down )?to continue\b
skip to (?:main )?content\b
(?:are|were|have|do|did) you\b.{0,120}\?.{0,80}\b(?:get in touch|contact us|e-?mail|tell us)\b
(?:are|were|have|do|did) you\b.{0,120}\?.{0,80}\blet us know\b
(?:get in touch|contact us|e-?mail us|write to us)\b.{0,60}(?:@|\b(?:here|below|form|at|via|by)\b)
(?:got|have) a (?:story|tip)\b.{0,80}\b(?:e-?mail|contact|get in touch|let us know|send|tell)\b
(?:sign up|subscribe|register)\b.{0,120}\b(?:newsletters?|inbox|briefing|e-?mail alerts?)\b
(?:like|join|find|watch) us on (?:facebook|twitter|x|instagram|youtube|whatsapp|telegram|tiktok)\b
you can (?:also )?(?:get in touch|contact us|reach us|e-?mail)
if you (?:have|are|were|would like|want|know)\b.{0,120}\b(?:get in touch|contact us|e-?mail|tell us)
share your (?:stor(?:y|ies)|experiences?|views|thoughts)\b
send (?:us )?your (?:stor(?:y|ies)|pictures|photos|questions|tips|comments)\b
please include a contact number|whats ?app:? ?\+?\d|upload (?:your )?(?:pictures|photos|videos?)\b
(?:follow|like|join|find) (?!the\b)[\w' ]{2,40} on (?:facebook|twitter|x|instagram|youtube)\b
(?:get|receive|enjoy(?:ing)?|want|like)\b.{0,100}\b(?:in|to) your (?:e-?mail )?inbox\b
(?:want|like|enjoying?|interested|love)\b.{0,80}\?.{0,20}\b(?:sign up|subscribe|follow)\b
(?:listen to|subscribe to|watch|download) (?:our|the)\b.{0,60}\b(?:podcast|app|channel)\b.{0,40}$
story continues below\b|please enable javascript\b
we use cookies\b|this (?:site|website) uses cookies\b
by (?:continuing|using) .{0,40}(?:cookies|privacy policy)\b
les også|læs også|läs (?:också|även|mer)\b|lue myös|czytaj też|ayrıca okuyun|baca juga
lesen sie auch|mehr zum thema|lire aussi|à lire aussi|lea también|lee también|leggi anche
leia também|lees ook
관련기사|関連記事|相关阅读|延伸閱讀|اقرأ أيضا|читайте также
"""

_CONSENT = r"""
(?:sometimes )?we (?:may )?(?:earn|receive|get) .{0,40}commission
if you buy something (?:through|using)\b
ich bin damit einverstanden, dass|an dieser stelle finden sie\b|kennen sie schon unsere\b
"""

_FURNITURE = """
advertisement|advertisements|ad|ads|sponsored|promoted|anzeige|werbung|publicité|publicidad
pubblicità|реклама|광고|広告|广告|إعلان
share|tweet|print|email|e mail|facebook|twitter|linkedin|whatsapp|pinterest|copy link|save
share this|share this article|follow us
comments|comment|leave a comment|no comments|view comments|home|menu|search|close|back to top|top
next|previous|next article|previous article
loading|more|read more|show more|load more|see more|view all|see all|skip to content
skip to main content
related|related articles|related stories|related content|related topics|recommended
more on this story|more on this|you may also like|you might also like|read next|what to read next
get in touch|on this topic|further reading|related internet links|around the web
recommended for you
most read|most popular|trending|trending now|editors picks|more from|topics|tags|image|photo|video
gallery
newsletter|newsletters|subscribe|sign in|log in|sign up|register|advertise|careers|sitemap
privacy policy|terms of use|terms of service|terms and conditions|cookie policy|contact us|about us
teilen|drucken|startseite|kommentare|impressum|datenschutz|partager|imprimer|accueil|commentaires
compartir|imprimir|inicio|comentarios
empfohlener redaktioneller inhalt|about this article|vis mer|visa mer|se mere|advert|devamını oku
haberi paylaş|ver más|voir plus
공유|댓글|로그인|목록|シェア|首页|分享|评论|مشاركة|الرئيسية
"""

_ACCOUNTS = r"""
newsletter|subscri|abonn| sign ?up | log ?in |anmelden|einloggen|registr|cookie|privacy
datenschutz| terms of |nutzungsbedingungen
 all rights reserved | alle rechte | inbox | our app | e ?paper|advertis|sponsor|suscri|assin[ae]
подпис|구독|회원|会員|登録|订阅|登录|اشترك
"""

_CREDITS = r"""
 copyright|getty| afp | dpa |reuters| ap |shutterstock|imago|file photo
 photo(?:graph)? by | (?:photo|foto|bild|image|quelle)\s
picture alliance| pa (?:media|wire) |courtesy|handout|file pic|credit|사진|写真|图片|図|фото
"""

_MAKERS = r"""
^ (?:by|von|par|por|di|af|av|door|text) \w
 contributed to this | (?:is|was) (?:a|an|the) [\w\s]{0,40}(?:reporter|correspondent|editor|writer)
 (?:is|was) (?:a|an|the) [\w\s]{0,40}(?:columnist|journalist)
 (?:reporting|editing|written) by |redaktion|redacción|rédaction|기자|記者|记者|редак
 updated | published | posted | last modified |aktualisiert|veröffentlicht| stand |publié
actualizado|publicado|입력|수정|更新|公開|发布
"""


def _any_of(lines: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile("|".join(lines.split("\n")[1:-1]), flags)


def _any_word_of(lines: str) -> re.Pattern[str]:
    """Compile lists of which most lines begin with a word.

    Within a word, none of those lines is tried: a third of the time. Such a line has no bar outside
    brackets.
    """
    entries = lines.split("\n")[1:-1]
    words = "|".join(entry[2:] for entry in entries if entry.startswith(r"\b"))
    others = (entry for entry in entries if not entry.startswith(r"\b"))
    return re.compile("|".join((*others, rf"\b(?:{words})")), re.IGNORECASE)


ICON: Final = _any_of(_ICON)
"""Names that drawing programs and icon sets give their shapes, glued together where the icons of a
page were converted to text."""
SUBSCRIPTION: Final = _any_word_of(_SUBSCRIPTION)
"""Offers, paywalls, registration: in a line that is no longer than a long sentence."""
OFFER: Final = _any_word_of(_OFFER)
"""The same in words that stories use as well: in short lines only."""
PHOTO_AGENCY: Final = _any_of(_PHOTO_AGENCY)
"""Credits at the end of a caption."""
FURNITURE_START: Final = _any_of(_FURNITURE_START)
"""How lines that lead elsewhere begin; to be matched at the start of a line."""
CONSENT: Final = _any_of(_CONSENT)
"""How whole sentences begin in which pages ask for consent or speak of themselves; to be matched at
the start of a line."""
FURNITURE: Final = frozenset(
    entry for line in _FURNITURE.split("\n")[1:-1] for entry in line.split("|")
)
"""Whole lines, normalised (lower case, no punctuation): buttons, menus, headings of boxes."""
HINTS: Final = {
    "accounts": _any_of(_ACCOUNTS, re.NOFLAG),
    "credits": _any_of(_CREDITS, re.NOFLAG),
    "its makers": _any_of(_MAKERS, re.NOFLAG),
}
"""What lines speak of that are often no body: to be searched for in a normalised line, padded with
a space at each end.

Stories speak of it as well. The line model weighs these hints; they decide nothing by themselves.
"""
