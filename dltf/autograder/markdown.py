"""Rendering of the Markdown of hints as HTML and as plain text.

A safe subset: paragraphs, lists, code (spans, indented, fenced), *emphasis* and **strong**. The
rest (HTML, links, images, headings, entities) is treated as text, so that no script, image or link
can be inserted. Only an author's hint is Markdown; in feedback, which quotes a student, only `code`
in backticks is rendered.
"""

from __future__ import annotations

import textwrap
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markupsafe import Markup

SUBSET = ("list", "code", "fence", "backticks", "emphasis", "escape", "newline")


@cache
def _parser(*rules: str) -> MarkdownIt:
    from markdown_it import MarkdownIt  # lazy: importing this module must be fast

    parser = MarkdownIt("zero").enable(rules)
    if "emphasis" in rules:
        parser.inline.ruler.at("emphasis", _emphasis)
    return parser


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Parse emphasis with asterisks; underscores are part of names, as in `__init__`."""
    from markdown_it.rules_inline import emphasis

    return state.src[state.pos] != "_" and emphasis.tokenize(state, silent)


def to_html(text: str, styles: dict[str, str] | None = None) -> Markup:
    """Render Markdown as HTML; the rest of the text is escaped.

    Args:
        text: the Markdown.
        styles: tag -> inline style, for a notebook, which strips classes.
    """
    from markupsafe import Markup

    parser = _parser(*SUBSET)
    tokens = parser.parse(text)
    for token in tokens:
        if token.type == "fence":  # as an indented block: its language would become a class
            token.type = "code_block"
        tag = "pre" if token.type == "code_block" else token.tag
        if styles and token.nesting >= 0 and tag in styles:
            token.attrSet("style", styles[tag])
    return Markup(parser.renderer.render(tokens, parser.options, {}))


def code_spans(text: str) -> Markup:
    """Escape text and render only its `code` spans."""
    from markupsafe import Markup

    return Markup(_parser("backticks").renderInline(text))


def to_text(text: str, lead: str = "", width: int = 80) -> str:
    """Render Markdown as wrapped plain text, without emphasis; code spans keep their backticks.

    Args:
        text: the Markdown.
        lead: text before the first paragraph.
        width: maximum columns of a paragraph.
    """
    tokens = _parser(*SUBSET).parse(text)
    if not tokens:
        return ""
    in_line = tokens[0].type == "paragraph_open"
    marker = lead if in_line else ""  # precedes the next paragraph
    parts = [] if in_line or not lead else [lead.strip()]
    margins: list[str] = []  # one for each list around the block
    apart = True  # whether an empty line precedes the block
    for token in tokens:
        margin = "".join(margins)
        if token.type.endswith("_list_open"):
            apart = not margins
        elif token.type == "list_item_open":
            bullet = f"{token.info}{token.markup} " if token.info else "- "
            marker = f"{marker or margin}{bullet}"
            margins.append(" " * len(bullet))
        elif token.type == "list_item_close":
            margins.pop()
        elif token.type == "paragraph_open":
            apart = apart or not token.hidden  # hidden: an item of a list without empty lines
        elif token.type in {"inline", "code_block", "fence"}:
            if token.type == "inline":
                words = "".join(map(_words, token.children or ()))
                block = textwrap.fill(
                    words, width, initial_indent=marker or margin, subsequent_indent=margin
                )
                marker = ""
            else:
                block = textwrap.indent(token.content.rstrip("\n"), f"{margin}    ")
                apart = True
            parts.append(f"\n{block}" if apart and parts else block)
            apart = False
    return "\n".join(parts)


def _words(token: Token) -> str:
    if token.type == "code_inline":
        return f"`{token.content}`"
    return " " if token.type in {"softbreak", "hardbreak"} else token.content
