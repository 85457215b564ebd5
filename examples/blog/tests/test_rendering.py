from __future__ import annotations

import re

import pytest
from blog.language import language_of, reading_minutes
from blog.rendering import lead_image, to_html
from blog.slugs import candidates, parse_tags, slugify

HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
    "[go](javascript:alert(1))",
    "[go](JaVaScRiPt&#58;alert(1))",
    "[go](data:text/html;base64,PHNjcmlwdD4=)",
    "<a href='java\tscript:alert(1)'>go</a>",
    '<iframe src="https://evil.example"></iframe>',
    '<form action="https://evil.example"><input name=password></form>',
    '<p style="position:fixed;inset:0">over everything</p>',
    "<style>body{display:none}</style>",
    "![x](javascript:alert(1))",
    '![x](media:a.png "\\" onerror=\\"alert(1)")',
    "![x](media:javascript:alert(1))",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "<base href=https://evil.example>",
    "<math><mi//xlink:href='javascript:alert(1)'>x</math>",
]
DANGER = re.compile(
    r"<(script|svg|iframe|form|input|style|base|math)|<[^>]*\s(on\w+|style)\s*="
    r'|(href|src)="\s*(javascript|data):',
    re.IGNORECASE,
)


def html(text: str) -> str:
    return str(to_html(text, lambda name: f"/media/{name}"))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_is_defused(text: str) -> None:
    # Quoted text inside an attribute is harmless; look at real attributes only.
    markup = re.sub(r'(alt|title)="[^"]*"', "", html(text))
    assert not DANGER.search(markup), markup


def test_ordinary_markdown_survives() -> None:
    page = html("## Ebb\n\n*a* **b** `c` ~~d~~ H<sub>2</sub>O <kbd>q</kbd>\n\n| a |\n|--:|\n| 1 |")
    for part in ("<h2>", "<em>", "<strong>", "<code>", "<del>", "<sub>", "<kbd>"):
        assert part in page
    assert '<td class="align-right">1</td>' in page


def test_footnotes_link_both_ways() -> None:
    page = html("A[^1]\n\n[^1]: B")
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page
    assert "footnotes" in page


def test_uploaded_pictures_get_an_address_and_a_caption() -> None:
    page = html('![Pier](media:a.png "At dawn & dusk")')
    assert 'src="/media/a.png"' in page
    assert "<figcaption>At dawn &amp; dusk</figcaption>" in page
    assert "<p>" not in page


def test_links_do_not_leak_the_opener() -> None:
    assert 'rel="noopener noreferrer"' in html("[x](https://example.org)")


def test_lead_image() -> None:
    assert lead_image("a ![x](https://e.org/x.png) ![y](media:y.png)") == "y.png"
    assert lead_image("nothing") is None


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Why tides turn", "why-tides-turn"),
        ("潮汐：为什么？", "潮汐-为什么"),
        ("Ｆｕｌｌ width’s", "full-widths"),
        ("Ærø & Łódź / 東京", "ærø-łódź-東京"),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_slugs(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_titles_without_letters_still_get_an_address() -> None:
    names = candidates("!!!")
    assert [next(names), next(names)] == ["post", "post-2"]


def test_tags_accept_chinese_commas() -> None:
    assert parse_tags("Sea walls，潮汐、sea walls, ,") == ("sea-walls", "潮汐")


def test_language() -> None:
    assert language_of("钱塘江的潮 Fl(3) 20s") == "zh-Hans"
    assert language_of("Slack water, 平潮") == "en"
    assert reading_minutes("") == 1
