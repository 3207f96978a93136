"""Guidelines as a page shows them: Markdown, without anything that could do harm."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a"),
}
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(
    ["table", "strikethrough"]
)


@lru_cache(maxsize=64)
def as_html(text: str) -> SafeString:
    """HTML in Markdown stays text. Headings begin below those of the page, links lead outside."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.tag in {f"h{level}" for level in range(1, 7)}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    made = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    clean = nh3.clean(
        made,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return mark_safe(clean)  # noqa: S308  (just cleaned)
