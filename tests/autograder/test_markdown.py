import pytest

from dltf.autograder.markdown import code_spans, to_html, to_text

HINT = """A mean over *examples*, **not** over `units`.
It is one line.

- the axis
- `keepdims`, which keeps
  the axis

So

    np.mean(A, axis=1)
"""


def test_the_subset_as_html():
    assert to_html(HINT) == (
        "<p>A mean over <em>examples</em>, <strong>not</strong> over <code>units</code>.\n"
        "It is one line.</p>\n"
        "<ul>\n<li>the axis</li>\n<li><code>keepdims</code>, which keeps\nthe axis</li>\n</ul>\n"
        "<p>So</p>\n<pre><code>np.mean(A, axis=1)\n</code></pre>\n"
    )


def test_the_subset_as_text():
    assert to_text(HINT, lead="Hint: ", width=50) == (
        "Hint: A mean over examples, not over `units`. It\nis one line.\n\n"
        "- the axis\n- `keepdims`, which keeps the axis\n\nSo\n\n    np.mean(A, axis=1)"
    )


def test_lists_in_lists_as_text():
    source = "9. one two three\n   - four\n\n     five\n10. six\n\n```python\nx = '*'\n```"
    assert to_text(source, lead="Hint: ", width=12) == (
        "Hint:\n\n9. one two\n   three\n\n   - four\n\n     five\n10. six\n\n    x = '*'"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<b onclick=x>b</b>",
        "[a](javascript:alert(1))",
        "<http://example.org>",
        "![a](http://example.org/a.png)",
        "[a]: http://example.org",
        "# a",
        "a\n===",
        "> a",
        "---",
        "&lt;b&gt;",
        "__init__ and _private_ and n_x * n_y * n_z and 2**l",
        "Y[:, 1](2)",
    ],
)
def test_all_else_is_text(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert to_html(text) == f"<p>{escaped}</p>\n"
    assert to_text(text) == " ".join(text.split())


def test_code_keeps_its_characters_and_nothing_else():
    assert to_html("`<i>*a*</i>`") == "<p><code>&lt;i&gt;*a*&lt;/i&gt;</code></p>\n"
    assert to_html("    <i>\n") == "<pre><code>&lt;i&gt;\n</code></pre>\n"
    assert to_html('```js" onload="x\n</pre>\n```') == "<pre><code>&lt;/pre&gt;\n</code></pre>\n"


def test_styles_are_inline_and_by_tag():
    html = to_html("a `b`\n\n    c\n\n```\nd\n```", {"p": "margin:0", "pre": "color:inherit"})
    assert html == (
        '<p style="margin:0">a <code>b</code></p>\n'
        '<pre style="color:inherit"><code>c\n</code></pre>\n'
        '<pre style="color:inherit"><code>d\n</code></pre>\n'
    )


def test_code_spans_mark_up_nothing_else():
    assert code_spans("`a<b` *c* <i> \\* [d](e)\n- `f") == (
        "<code>a&lt;b</code> *c* &lt;i&gt; \\* [d](e)\n- `f"
    )


def test_nothing_is_nothing():
    assert to_html("") == ""
    assert to_text("", lead="Hint: ") == ""
    assert code_spans("") == ""
