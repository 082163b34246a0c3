"""Hostile texts for what shows Slack messages, and what of a page may hold them."""

from typing import Final

HOSTILE: Final = (
    "<!channel> now",
    "<!here|here>",
    "<!everyone>",
    "<@U0READER> look",
    "<@W012A3CDE|boss>",
    "<#C0NEWSROOM|general>",
    "<!subteam^S012|@desk>",
    "<!date^1392734382^Posted {date}|Tuesday>",
    "<https://evil.example|https://bank.example>",
    "<javascript:alert(1)|press>",
    "<JaVaScRiPt:alert(1)>",
    "<data:text/html,<script>alert(1)</script>|x>",
    "<vbscript:msgbox|x>",
    "<file:///etc/passwd|x>",
    '<https://x.example/" onmouseover="alert(1)|x>',
    "<https://x.example/' onclick='alert(1)|x>",
    "<https://x.example|<img src=x onerror=alert(1)>>",
    "<script>document.title='pwned'</script>",
    "<img src=x onerror=\"document.title='pwned'\">",
    "<svg/onload=alert(1)>",
    "</article></main><h1>Maintenance</h1>",
    "<!--",
    "<style>*{display:none}</style>",
    "<form action=https://evil.example><button>OK</button></form>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;b&amp;gt; &#60;b&#62; &quot;",
    "*bold* _italic_ ~gone~ `code`",
    "```\n<!channel>\n```",
    "*unclosed _crossed* over_ ~and `out~`",
    "> quoted\n&gt; quoted too\n>>> all of it",
    ":rotating_light: :us: :thumbsup: 3:100:1",
    "https://evil.example/login and www.evil.example",
    "mailto:boss@evil.example <mailto:boss@evil.example|Boss>",
    "\u202etxt.exe\u202c and \u2066isolated\u2069 \u200fright",
    "null \x00 bell \x07 escape \x1b[31m delete \x7f",
    "zero\u200bwidth \u2060joiner \ufeffmark \u00ad soft",
    "a\r\nb\rc\u2028d\u2029e\x85f",
    "\U000e0041\U000e0042 tags, \U0001f468\u200d\U0001f469\u200d\U0001f467 family, e\u0301 \u0338",
    "'\"`<>&|^{}[]()*_~:;,.!?#@$%+=-/\\",
    "<" * 200 + ">" * 200,
    "*" * 300 + "_" * 300,
    "{{7*7}} ${7*7} <%= 7 %> {% raw %}",
)
TAGS: Final = frozenset(
    {"a", "b", "i", "s", "code", "pre", "span", "br", "blockquote", "time", "div", "h2", "hr"}
)
ATTRIBUTES: Final = frozenset({"href", "rel", "target", "class", "title", "dir", "tabindex"})
