import base64
import hashlib
import io
import json
import math
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import browser
import pytest
from conftest import PARTS
from rich.cells import cell_len
from rich.console import Console

from dltf.autograder import class_summary, rendering, report
from dltf.autograder.assignment.loading import available, load
from dltf.autograder.verdict import (
    BatchResult,
    CaseVerdict,
    Located,
    Recognition,
    Status,
    SubmissionResult,
    Verdict,
)

HINTS = {
    "tied_weights": (
        "All your weights are equal. Two units with equal weights compute the same number and "
        "receive the same gradient, so they stay equal for ever. What would make them different?"
    ),
    "unscaled": (
        "The standard deviation of your weights is 1, not 10. Large weights are the point of this "
        "exercise: it shows what saturation does to the cost."
    ),
    "xavier_variance": (
        "Your weights have variance 1/n, which is Xavier's choice for tanh. ReLU sets half of its "
        "inputs to zero: what does that do to the variance of what comes out?"
    ),
    "fan_out": (
        "The variance of your weights follows the number of units a layer feeds. "
        "Look at which sum the variance should keep constant."
    ),
    "missing_root": (
        "You scale by the variance where the standard deviation is meant. "
        "Multiplying by c changes the variance by c squared."
    ),
    "bias_row": "Your biases are rows. With examples in columns, b is added to every column of Z.",
}
EXERCISES = {  # name: the points of its cases
    "initialize_parameters_zeros": {"shapes_follow_the_layers": 2, "everything_is_zero": 2},
    "initialize_parameters_random": {"shapes_follow_the_layers": 2, "weights_are_scaled_by_ten": 4},
    "initialize_parameters_he": {
        "shapes_follow_the_layers": 2,
        "variance_follows_fan_in": 4,
        "biases_start_at_zero": 2,
    },
    "initialize_parameters_xavier": {"variance_follows_both_fans": 4},
    "HeNormal": {"agrees_with_keras": 3, "survives_get_config": 2},
    "model": {"loss_falls_on_circles": 5},
    "activation_statistics": {"one_row_a_layer": 0},
}
FEEDBACK = {
    "correct": "",
    "incorrect": (
        "parameters['W2'] has the wrong shape: which layer feeds which?\n\nIt was called as\n\n"
        "    initialize_parameters_he(layers_dims=[3, 4, 3, 1])\n\nand returned\n\n"
        "    {'W1': array of shape (4, 3),\n     'W2': array of shape (3, 4)}"
    ),
    "error": (
        "Cell 7, line 4 of your function raised an error:\n\n"
        "    parameters['W' + l] = np.random.randn(layers_dims[l], layers_dims[l - 1])\n\n"
        'TypeError: can only concatenate str (not "int") to str'
    ),
    "blocked": (
        "It calls initialize_parameters_he, which is incorrect. With a correct one in its place "
        "this exercise passes."
    ),
    "not attempted": "The body still raises the NotImplementedError it came with.",
    "not graded": "It was stopped after 10 s of computing. Is there a loop that never ends?",
}


def an_exercise(name, status="correct", mistake=None, **other):
    cases = []
    for case, best in EXERCISES[name].items():
        first = status == "incorrect" and not cases and len(EXERCISES[name]) > 1
        right = status == "correct" or first
        found = Status.CORRECT if right else Status(status)
        cases.append(CaseVerdict(case, found, best if right else 0, best))
    verdict = Verdict(
        name,
        Status(status),
        points=sum(case.points for case in cases),
        max_points=sum(case.max_points for case in cases),
        mistake=mistake,
        hint=HINTS[mistake] if mistake else None,
        feedback=FEEDBACK[status] if not mistake else "",
        cases=tuple(cases),
    )
    return replace(verdict, **other)


def a_submission(file, verdicts=None, error=None, assignment="initialization", **recognised):
    verdicts = verdicts or {}
    exercises = [] if error else [an_exercise(n, *verdicts.get(n, ("correct",))) for n in EXERCISES]
    return SubmissionResult(
        file, assignment, Recognition(**recognised), 0.21, error, tuple(exercises)
    )


def a_result(submissions, **other):
    result = BatchResult("0.1.0", 20260317, "namespaces", tuple(submissions))
    return replace(result, **other)


def a_class():
    """18 submissions as a real class hands them in."""
    zeros, random, he, xavier, keras, model, stats = EXERCISES
    now = {"generation": "v21", "format": "notebook 4"}
    old = {
        "generation": "v17",
        "format": "notebook 3",
        "spellings": {he: "layer_dims for layers_dims"},
        "provided": ("init_utils.sigmoid", "init_utils.relu"),
        "notes": ("cell 4 does not parse: line 3: invalid syntax",),
    }
    wrong, blocked = ("incorrect", "xavier_variance"), ("blocked",)
    blank = dict.fromkeys(EXERCISES, ("not attempted",))
    people = {
        "ada_lovelace": ({}, now),
        "alan_turing": ({}, now),
        "barbara_liskov": ({he: wrong, model: blocked}, now),
        "claude_shannon": ({he: wrong, model: blocked, xavier: ("incorrect", "fan_out")}, old),
        "donald_knuth": ({stats: ("incorrect",)}, now),
        "edsger_dijkstra": ({he: ("incorrect", "missing_root"), model: blocked}, now),
        "emmy_noether": ({}, old),
        "frances_allen": ({random: ("incorrect", "unscaled")}, now),
        "grace_hopper": ({zeros: ("incorrect", "bias_row"), he: ("incorrect", "bias_row")}, now),
        "hedy_lamarr": ({model: ("not graded",)}, now),
        "john_von_neumann-resubmitted-after-the-deadline": ({keras: ("error",)}, now),
        "karen_sparck_jones": (blank, now),
        "katherine_johnson": ({he: wrong, xavier: ("incorrect", "fan_out"), stats: blocked}, now),
        "margaret_hamilton": ({he: ("error",), model: blocked, keras: ("not attempted",)}, now),
        "radia_perlman": ({random: ("incorrect", "unscaled"), he: ("incorrect",)}, now),
        "zoë_šimůnková": ({zeros: ("incorrect", "tied_weights"), keras: ("not attempted",)}, now),
    }
    class_ = [
        a_submission(f"class/{who}.ipynb", *given[:1], **given[1]) for who, given in people.items()
    ]
    bad = "not a notebook: the JSON ends in line 812, inside a string"
    class_.append(a_submission("class/truncated.ipynb", error=bad, assignment=None))
    other = (
        "no exercise of an assignment found; found rnn_cell_forward, lstm_cell_forward, gru_cell"
    )
    class_.append(a_submission("class/other course.ipynb", error=other, assignment=None))
    return a_result(class_)


def printed(result, width=100, **options):
    stream = io.StringIO()
    report.print_summary(result, Console(file=stream, width=width, **options))
    return stream.getvalue()


class Page(HTMLParser):
    """The text of a page outside and inside of code, its tags, ids, links and scripts."""

    def __init__(self, html):
        super().__init__()
        self.text, self.prose, self.scripts = "", "", []
        self.tags, self.links, self.ids, self.attributes = [], [], [], []
        self.inside = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.text += " " if tag in {"th", "td", "dt", "dd", "li"} else ""
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]
        self.ids += [value for name, value in attrs if name == "id"]
        self.attributes.append((tag, dict(attrs)))
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag in {"code", "pre", "script", "style"}:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data):
        if "script" in self.inside:
            self.scripts.append(data)
            return
        self.text += data
        self.prose += "" if self.inside else data

    def having(self, tag, **attributes):
        """Return the attributes of the tags that have these."""
        return [
            found
            for name, found in self.attributes
            if name == tag and attributes.items() <= found.items()
        ]


def heads(html, table):
    """Return the labels of the columns of a table."""
    found = re.search(rf'<table [^>]*id="{table}">.*?</thead>', html, re.DOTALL)
    cells = re.findall(r"<th [^>]*>(.*?)</th>", found.group(), re.DOTALL)
    return [Page(cell).text.strip() for cell in cells]


def pages(result, folder):
    index = report.write_html(result, folder)
    assert index == folder / "index.html"
    handed_out = {path.name: path.read_text() for path in folder.glob("submissions/*")}
    return index.read_text(), handed_out


def all_files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def two_assignments():
    """Three submissions of two assignments, and one that is none of both."""
    other = a_submission("c.ipynb", assignment="batch_norm")
    other = replace(other, exercises=(an_exercise("model", "incorrect", "fan_out"),))
    unread = a_submission("d.ipynb", error="binary", assignment=None)
    return a_result([a_submission("a.ipynb"), a_submission("b.ipynb"), other, unread])


@pytest.fixture(scope="module")
def class_pages(tmp_path_factory):
    return pages(a_class(), tmp_path_factory.mktemp("report"))


# JSON


def test_json_reads_back_as_it_was(tmp_path):
    report.write_json(a_class(), tmp_path / "new" / "grades.json")
    data = json.loads((tmp_path / "new" / "grades.json").read_text())
    assert data == a_class().as_dict()
    assert BatchResult.from_dict(data) == a_class()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["grades.json"]


def test_json_has_no_nan_and_only_ascii(monkeypatch):
    result = a_result([a_submission("zoë\udcff.ipynb")])
    text = report.to_json(result)
    assert text.isascii()
    assert "NaN" not in text
    assert json.loads(text)["submissions"][0]["file"] == "zoë\udcff.ipynb"
    for kind in PARTS:  # without the tests' own validation of the contract
        monkeypatch.setattr(kind, "as_dict", kind.as_dict.__wrapped__)
    for value in (math.nan, math.inf):
        unknown = a_result([replace(a_submission("a.ipynb"), seconds=value)])
        with pytest.raises(ValueError, match="not JSON compliant"):
            report.to_json(unknown)
        with pytest.raises(ValueError, match=f"seconds: expected a number, got {value}"):
            BatchResult.from_dict(unknown.as_dict())


def test_a_report_of_a_stored_result_is_the_same(tmp_path):
    report.write_json(a_class(), tmp_path / "grades.json")
    stored = BatchResult.from_dict(json.loads((tmp_path / "grades.json").read_text()))
    assert pages(stored, tmp_path / "a") == pages(a_class(), tmp_path / "b")
    assert printed(stored) == printed(a_class())


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "grades.json"
    report.write_json(a_result([]), path)
    before = path.read_bytes()

    def no_space(self, data):
        self.touch()
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_bytes", no_space)
    with pytest.raises(OSError, match="no space left"):
        report.write_json(a_class(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_json_goes_down_a_pipe_without_replacing_it(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as readers:
        text = readers.submit(pipe.read_text)
        report.write_json(a_result([]), pipe)
        assert json.loads(text.result())["submissions"] == []
    assert pipe.is_fifo()


# Names


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["hw/ada.ipynb"], ["ada"]),
        (["hw/ada.ipynb", "hw/alan.ipynb"], ["ada", "alan"]),
        (["hw/ada.ipynb", "hw/alan.py"], ["ada.ipynb", "alan.py"]),
        (["/in/ada/init/hw.ipynb", "/in/alan/init/hw.ipynb"], ["ada/init", "alan/init"]),
        (["C:\\hw\\ada.ipynb", "C:\\hw\\b\\alan.ipynb"], ["ada", "b/alan"]),
        (["same.ipynb", "same.ipynb"], ["same", "same"]),
        (["two\nlines.ipynb"], ["two lines"]),
        ([], []),
    ],
)
def test_short_names_drop_what_all_share(files, names):
    assert class_summary.short_names(files) == names


def test_page_names_are_safe_and_unique():
    names = [
        "a",
        "A",
        "a-2",
        "../../etc/passwd",
        'it\'s "x" <b>',
        "李明",
        "zoë",
        "…",
        "",
        "CON",
        "x" * 300,
        "lpt1",
    ]
    made = class_summary.page_names(names)
    assert len({page.casefold() for page in made}) == len(names)
    for page in made:
        assert re.fullmatch(r"\w[\w.-]*\.html", page)
        assert len(page.encode()) < 255
    assert made[:4] == ["a.html", "A-2.html", "a-2-2.html", "etc-passwd.html"]
    assert made[5:9] == ["李明.html", "zoë.html", "submission.html", "submission-2.html"]
    assert made[9] == "CON-2.html"
    assert made[11] == "lpt1-2.html"


# The terminal


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_summary_fits_its_width_and_is_plain_in_a_file(width):
    text = printed(a_class(), width)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)
    assert max(map(cell_len, text.splitlines())) <= width


def test_summary_lists_common_mistakes_most_frequent_first():
    text = " ".join(printed(a_class(), 80).split())
    assert "Initialization 18 submissions, median 77 %" in text
    assert (
        "3 students initialize_parameters_he: xavier_variance Your weights have variance 1/n"
        in text
    )
    assert (
        text.index("xavier_variance Your") < text.index("fan_out The") < text.index("bias_row Your")
    )
    hardest = text[text.index("Exercises, hardest first") :]
    assert "8 of 16 correct" in hardest
    assert hardest.index("3 initialize_parameters_he") < hardest.index("6 model")
    assert "truncated not a notebook: the JSON ends in line 812, inside a string" in text


def test_a_row_says_its_mistakes_without_colour():
    narrow, wide = printed(a_class(), 80), printed(a_class(), 180)
    assert re.search(r"barbara_liskov +21/32 +✓ +✓ +✗ +✓ +✓ +→ +✓ +3 xavier_variance", narrow)
    assert re.search(r"grace_hopper +24/32 +✗ bias_row +✓ correct +✗ bias_row", wide)
    assert "○ not attempted" in narrow


def test_summary_colours_in_a_terminal():
    assert "\x1b[32m✓" in printed(a_class(), force_terminal=True, color_system="standard")


def test_class_table_has_a_row_for_every_submission():
    table = report.class_table(a_class())
    assert table.row_count == 18
    assert len(table.columns) == 2 + len(EXERCISES) + 1


def test_students_cannot_style_or_steer_the_terminal():
    file = "[red]x [bold] \x1b]0;title\x07\x1b[31mred\r.ipynb"
    text = printed(a_result([a_submission(file)]), force_terminal=True, color_system=None)
    assert "[red]x [bold]" in text
    assert not re.search(r"[\x07\r\x1b]", text)


# The pages


def test_index_tells_the_class(class_pages):
    index = " ".join(Page(class_pages[0]).text.split())
    assert "18 submissions, seed 20260317, isolation: namespaces, dltf 0.1.0" in index
    assert "3.8 s, the sum over 18 submissions" in index
    assert "Common mistakes" in index
    assert "in a process of its own, without network" in index
    assert "4 submissions from 90 to 100 percent" in index
    assert "8 correct, 6 incorrect, 1 error, 1 not attempted" in index
    assert "no exercise of an assignment found; found rnn_cell_forward" in index
    for hint in HINTS.values():
        assert " ".join(hint.split()) in index


def test_isolation_by_limits_is_said_plainly(tmp_path):
    index, _ = pages(a_result([], isolation="limits"), tmp_path)
    assert "Network and files were not closed to it." in index


def test_what_was_left_out_is_said_on_the_page_and_in_the_terminal(tmp_path):
    why = "the isolation level is 'landlock'"
    verdict = an_exercise("model", "incorrect", feedback="No.").suspecting(["f"], "Fix `f` first.")
    graded = SubmissionResult("a.py", "chain", exercises=(verdict,))
    result = replace(a_result([graded], isolation="landlock"), left_out=(why,))
    line = (
        "Left out: whether 1 wrong exercise would be correct if those called were correct "
        f"({why}). Marks do not depend on it."
    )
    console = Console(file=io.StringIO(), width=200)
    report.print_summary(result, console)
    assert line in console.file.getvalue()
    page = " ".join(Page(pages(result, tmp_path)[0]).text.split())
    assert line in page
    console = Console(file=io.StringIO(), width=200)
    report.print_summary(replace(result, left_out=()), console)
    assert "Left out" not in console.file.getvalue()
    assert "Left out" not in Page(pages(replace(result, left_out=()), tmp_path)[0]).text


def test_the_index_of_one_assignment_links_to_every_submission(class_pages):
    index, handed_out = class_pages
    links = {unquote(link) for link in Page(index).links if not link.startswith("#")}
    assert links == {f"submissions/{name}" for name in handed_out}
    assert len(handed_out) == 18


ODD = [
    "it's #1?.ipynb",
    '100% \'r"ight".ipynb',
    "a/b\\c <i>.ipynb",
    "李明&co.ipynb",
    "..ipynb",
    "-",
]


@pytest.mark.parametrize(
    "result",
    [
        a_class(),
        two_assignments(),
        a_result([a_submission(file) for file in ODD]),
        a_result([a_submission(file, assignment=f"{n}# %") for n, file in enumerate(ODD)]),
    ],
    ids=["one", "two", "odd files", "odd assignments"],
)
def test_every_link_leads_to_a_file_and_a_place_in_it(tmp_path, result):
    report.write_html(result, tmp_path)
    files = {path: Page(path.read_text()) for path in tmp_path.rglob("*.html")}
    reached = {tmp_path / "index.html"}
    for path, page in files.items():
        assert len(page.ids) == len(set(page.ids))
        for link in page.links:
            url = urlsplit(link)
            assert not url.scheme
            assert not url.netloc
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            assert target in files, link
            assert not url.fragment or url.fragment in files[target].ids, link
            reached.add(target)
    assert reached == set(files)


def test_pages_are_self_contained_and_run_no_script_but_ours(tmp_path):
    report.write_html(two_assignments(), tmp_path)
    script = (rendering.TEMPLATES / "tables.js").read_text()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    for path in tmp_path.rglob("*.html"):
        html = path.read_text()
        page = Page(html)
        handed_out = path.parent.name == "submissions"
        assert page.scripts == ([] if handed_out else [script])
        (policy,) = page.having("meta", **{"http-equiv": "Content-Security-Policy"})
        allowed = "'none'" if handed_out else f"'sha256-{digest}'"
        assert (
            f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed};"
            in (policy["content"])
        )
        assert not {"link", "img", "iframe", "object", "form"} & set(page.tags)
        assert "url(" not in html
        assert "@import" not in html
        assert "nan" not in re.findall(r"\w+", page.text.lower())


def test_a_page_gives_the_student_everything_and_nothing_of_others(class_pages):
    page = class_pages[1]["claude_shannon.html"]
    text = " ".join(Page(page).text.split())
    assert "17 of 32" in text
    assert "Hint " + HINTS["xavier_variance"] in text
    assert "variance follows fan in ✗ incorrect 0 of 4" in text
    assert "initialize_parameters_he: layer_dims for layers_dims" in text
    assert "init_utils.sigmoid" in text
    assert "cell 4 does not parse" in text
    assert "dltf grade claude_shannon.ipynb --assignment initialization --seed 20260317" in text
    assert "→ blocked" in text
    assert not Page(page).links
    assert not any(other in page for other in ("ada_lovelace", "katherine", "class/"))


def test_indented_lines_of_the_feedback_stay_code(class_pages):
    page = class_pages[1]["radia_perlman.html"]
    assert "<pre>initialize_parameters_he(layers_dims=[3, 4, 3, 1])</pre>" in page
    assert "W2&#39;: array of shape (3, 4)}</pre>" in page
    assert '<p class="lines">It was called as</p>' in page


def test_unreadable_file_has_a_page_that_says_why(class_pages):
    page = Page(class_pages[1]["truncated.html"]).text
    assert "This file could not be graded" in page
    assert "not a notebook: the JSON ends in line 812, inside a string" in page


HOSTILE = "<script>alert('x')</script> \"q\" & \x00\x1b[31m\u202e\udc80 {{ 7 * 7 }}"


def test_hostile_text_is_text_everywhere(tmp_path):
    submission = a_submission(f"dir/{HOSTILE}/it's.ipynb", error=HOSTILE, notes=(HOSTILE,))
    exercise = an_exercise("model", "error")
    exercise = replace(
        exercise,
        feedback=f"{HOSTILE}\n\n    {HOSTILE}",
        hint=HOSTILE,
        mistake=HOSTILE,
        cases=(replace(exercise.cases[0], name=HOSTILE),),
    )
    second = a_submission("dir/b.ipynb", spellings={HOSTILE: HOSTILE}, generation=HOSTILE)
    second = replace(second, exercises=(exercise,))
    index, handed_out = pages(a_result([submission, second, second]), tmp_path)
    assert Page(index).scripts == [(rendering.TEMPLATES / "tables.js").read_text()]
    index = index.rpartition("<script>")[0]
    cards = [report.verdict_html(exercise), report.summary_html([exercise])]
    for html in [index, *handed_out.values(), *cards]:
        assert "script" not in Page(html).tags
        assert not re.search(r"[\x00\x1b\u202e\ud800-\udfff]", html)
        assert "<script>alert" in Page(html).text
        assert "{{ 7 * 7 }}" in Page(html).text
    assert len(handed_out) == 3


def test_same_result_same_bytes_and_input_untouched(tmp_path):
    result = a_class()
    assert pages(result, tmp_path / "a") == pages(result, tmp_path / "b")
    assert result == a_class()


def test_index_is_only_there_when_every_page_is(tmp_path, monkeypatch):
    pages(a_class(), tmp_path)

    def killed(path, text):
        raise KeyboardInterrupt

    monkeypatch.setattr(report, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        report.write_html(a_class(), tmp_path)
    assert not (tmp_path / "index.html").exists()


# Classes that are not as usual


def test_empty_class(tmp_path):
    index, handed_out = pages(a_result([]), tmp_path)
    assert "There was nothing to grade." in index
    assert handed_out == {}
    assert printed(a_result([])) == "No submissions.\n"
    assert report.class_table(a_result([])).row_count == 0


def test_only_unreadable_files(tmp_path):
    result = a_result(
        [a_submission(f"{n}.ipynb", error="empty file", assignment=None) for n in "abc"]
    )
    index, handed_out = pages(result, tmp_path)
    assert len(handed_out) == 3
    assert "empty file" in index
    assert "nan" not in Page(index).text.lower()
    assert printed(result).count("empty file") >= 3


def test_several_assignments_have_a_page_each_and_an_index(tmp_path):
    result = two_assignments()
    text = printed(result)
    assert text.index("Initialization") < text.index("Batch norm") < text.index("Assignment not")
    index = pages(result, tmp_path)[0]
    assert {path for path in all_files(tmp_path) if path.startswith("assignments")} == {
        "assignments/initialization.html",
        "assignments/batch_norm.html",
        "assignments/assignment-not-recognised.html",
    }
    text = " ".join(Page(index).text.split())
    assert "Most common mistake" in text
    assert "Initialization 2 100 % 2 7 none" in text
    assert "Batch norm 1 0 % 0 1 fan out 1 student in model" in text
    assert '<a href="assignments/batch_norm.html#exercise-1">fan out</a>' in index
    page = (tmp_path / "assignments" / "batch_norm.html").read_text()
    assert HINTS["fan_out"] in page
    assert "bias_row" not in page
    assert '<a href="../index.html">' in page
    assert '<a href="../submissions/c.html">' in page


def test_one_assignment_needs_no_page_besides_the_index(tmp_path):
    pages(a_class(), tmp_path)
    assert not (tmp_path / "assignments").exists()


def test_every_status_is_shown_with_a_word(tmp_path):
    names = list(EXERCISES)
    verdicts = {name: (status,) for name, status in zip(names, rendering.STATUS, strict=False)}
    index, handed_out = pages(a_result([a_submission("a.ipynb", verdicts)]), tmp_path)
    for status, look in rendering.STATUS.items():
        assert f"</span> {status}</span>" in handed_out["a.html"]
        assert f"</span>&nbsp;{status}</span>" in index or status == "correct"
        assert look.sentence in handed_out["a.html"]
        assert f"1 {status}" in index or status == "correct"


def test_three_hundred_submissions(tmp_path):
    many = [replace(s, file=f"{n}/{s.file}") for n in range(17) for s in a_class().submissions]
    result = a_result(many[:300])
    text, (index, handed_out) = printed(result, 80), pages(result, tmp_path)
    assert len(handed_out) == 300
    assert report.class_table(result).row_count == 300
    assert text.count("\n") < 500
    assert len(index) < 1_000_000


# Tables


def of_assignment(name):
    """Two submissions of one of the package's assignments."""
    exercises = tuple(replace(an_exercise("model"), name=e) for e in load(name).exercises)
    submissions = [a_submission(f"{who}.ipynb", assignment=name) for who in ("ada", "alan")]
    return a_result([replace(submission, exercises=exercises) for submission in submissions])


@pytest.mark.parametrize("name", available())
def test_every_column_has_a_label_of_its_own(tmp_path, name):
    result = of_assignment(name)
    exercises = list(load(name).exercises)
    labels = heads(pages(result, tmp_path)[0], "class")
    assert labels == ["Submission", "Score", *exercises]
    assert len({label.casefold() for label in labels}) == len(labels)
    for width in (80, 160, 400):
        columns = [str(column.header) for column in report.class_table(result, width).columns]
        assert len({header.casefold() for header in columns}) == len(columns)
    assert columns[2:] == [f"{n} {e.replace('_', ' ')}" for n, e in enumerate(exercises, 1)]


def test_labels_are_readable_in_a_wide_terminal():
    text = printed(of_assignment("rnn"), 300)
    for label in ("1 rnn cell forward", "2 rnn forward", "3 lstm cell forward", "4 lstm forward"):
        assert label in text


def test_wide_tables_scroll_in_a_card_that_the_keyboard_reaches(tmp_path):
    report.write_html(two_assignments(), tmp_path)
    for name, regions in (("index.html", 2), ("assignments/initialization.html", 1)):
        html = (tmp_path / name).read_text()
        scrolling = Page(html).having("div", role="region", tabindex="0")
        assert [region["class"] for region in scrolling] == ["card scroll"] * regions
        assert len(re.findall(r'tabindex="0">\n<table class="sortable named', html)) == regions
        rules = re.findall(r"^(\.scroll|\.named th:first-child) \{([^}]*)\}", html, re.MULTILINE)
        scroll, names = (dict(rules)[selector] for selector in (".scroll", ".named th:first-child"))
        assert "overflow: auto" in scroll
        assert "position: relative" in scroll  # or what is hidden in it widens the page
        assert "position: sticky; left: 0" in names


def test_tables_are_complete_without_javascript(class_pages):
    page = Page(class_pages[0])
    assert page.having("p", **{"class": "filter", "hidden": None})
    assert "button" not in page.tags
    table = class_pages[0].partition('id="class">')[2].partition("</table>")[0]
    assert table.count("<tr data-file=") == 18


needs_browser = pytest.mark.skipif(
    not browser.find(), reason=f"no browser: none of {', '.join(browser.BROWSERS)} on the path"
)


@needs_browser
@pytest.mark.parametrize("width", [1280, 800, 400])
def test_no_page_is_wider_than_the_window(tmp_path, width):
    result = of_assignment("optimization")
    long = replace(result.submissions[0], file=f"{'a_very_long_name_' * 9}.ipynb")
    error = an_exercise("model", "error", feedback=f"it says\n\n    {'x' * 400}")
    wrong = replace(long, exercises=(error, *long.exercises[1:]))
    other = of_assignment("initialization").submissions
    report.write_html(a_result([*result.submissions, long, wrong, *other]), tmp_path)
    paths = [
        tmp_path / "index.html",
        tmp_path / "assignments" / "optimization.html",
        *sorted(tmp_path.glob("submissions/a_very*")),
    ]
    assert len(paths) == 4
    script = (
        "const e = document.documentElement; return [e.scrollWidth - e.clientWidth, e.clientWidth]"
    )
    for overflow, client in browser.ask([path.read_text() for path in paths], script, width):
        assert overflow == 0
        assert width - 30 <= client <= width


CLICK = """
const table = document.getElementById("class");
const heads = Array.from(table.tHead.rows[0].cells);
const shown = () => Array.from(table.tBodies[0].rows)
  .filter((row) => row.getClientRects().length).map((row) => row.cells[0].textContent);
const answers = [shown()];
for (const column of [0, 0, 1, 1, 4]) {
  heads[column].querySelector("button").click();
  answers.push([shown(), heads.map((head) => head.getAttribute("aria-sort"))]);
}
const input = document.querySelector(".filter input");
for (const text of ["zoe sim", "class/ada", "nobody", ""]) {
  input.value = text;
  input.dispatchEvent(new window.Event("input"));
  answers.push([shown(), document.querySelector("[role=status]").textContent]);
}
answers.push(heads.every((head) => head.querySelector("button").tabIndex === 0));
const scroll = table.closest(".scroll");
scroll.scrollLeft = 100;
answers.push([scroll.scrollLeft, heads[0].getBoundingClientRect().left
  - scroll.getBoundingClientRect().left]);
return answers;
"""


@needs_browser
def test_a_click_sorts_and_the_filter_finds(class_pages):
    (answers,) = browser.ask([class_pages[0]], CLICK, 800)
    names, up, down, best, worst, he, zoe, ada, nobody, everybody, reachable, left = answers
    assert sorted(up[0]) == sorted(names)
    assert up[0][0] == "ada_lovelace"
    assert up[0] == down[0][::-1]
    assert [up[1][0], down[1][0]] == ["ascending", "descending"]
    assert [best[1][0], best[1][1]] == [None, "ascending"]
    assert set(best[0][:2]) == {"other course", "truncated"}  # without a grade
    assert best[0][2] == "karen_sparck_jones"
    assert worst[1][1] == "descending"
    assert worst[0][0] in {"ada_lovelace", "alan_turing", "emmy_noether"}
    assert he[1][4] == "descending"
    assert zoe == [["zoë_šimůnková"], "1 of 18 shown"]
    assert ada == [["ada_lovelace"], "1 of 18 shown"]
    assert nobody == [[], "0 of 18 shown"]
    assert everybody[0] == he[0]
    assert everybody[1] == ""
    assert reachable
    assert left[0] > 0  # it scrolls, and the names stay
    assert abs(left[1]) <= 1


# Pages of an earlier class


def test_pages_of_an_earlier_class_are_removed(tmp_path):
    result = two_assignments()
    report.write_html(result, tmp_path)
    report.write_html(a_result(result.submissions[:1]), tmp_path)
    assert all_files(tmp_path) == {"index.html", "submissions/a.html", report.MANIFEST}


def test_files_of_others_stay(tmp_path):
    (tmp_path / "submissions").mkdir()
    foreign = ["notes.txt", "submissions/notes.html", "submissions/z.txt", "style.css"]
    for name in foreign:
        (tmp_path / name).write_text("foreign")
    result = a_result([a_submission("a.ipynb"), a_submission("b.ipynb")])
    report.write_html(result, tmp_path)
    (tmp_path / "submissions" / "b.html").write_text("now somebody's own")
    report.write_html(a_result(result.submissions[:1]), tmp_path)
    kept = [*foreign, "submissions/b.html", "submissions/a.html", "index.html", report.MANIFEST]
    assert all_files(tmp_path) == set(kept)
    assert (tmp_path / "submissions" / "b.html").read_text() == "now somebody's own"


@pytest.mark.parametrize(
    "name",
    ["../x.html", "submissions/../../x.html", "{absolute}", "index.txt", "submissions", "x.html"],
)
def test_a_manifest_removes_nothing_but_pages(tmp_path, name):
    folder = tmp_path / "report"
    (folder / "submissions").mkdir(parents=True)
    for path in (tmp_path / "x.html", folder / "x.html", folder / "index.txt"):
        path.write_text("foreign")
    digest = hashlib.sha256(b"foreign").hexdigest()
    name = name.format(absolute=tmp_path / "x.html")
    (folder / report.MANIFEST).write_text(json.dumps({"pages": {name: digest}}))
    report.write_html(a_result([a_submission("a.ipynb")]), folder)
    assert {"x.html", "report/x.html", "report/index.txt"} < all_files(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"pages": 3}', "null", "\x00"])
def test_a_broken_manifest_is_none(tmp_path, text):
    (tmp_path / report.MANIFEST).write_text(text)
    report.write_html(a_result([a_submission("a.ipynb")]), tmp_path)
    assert set(json.loads((tmp_path / report.MANIFEST).read_text())["pages"]) == {
        "submissions/a.html"
    }


def test_pages_of_a_report_that_was_killed_are_known_to_the_next(tmp_path, monkeypatch):
    result, write = two_assignments(), report._write

    def killed(path, text):
        if path.name == "index.html":
            raise KeyboardInterrupt
        write(path, text)

    with monkeypatch.context() as patch:
        patch.setattr(report, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            report.write_html(result, tmp_path)
    report.write_html(a_result(result.submissions[:1]), tmp_path)
    assert all_files(tmp_path) == {"index.html", "submissions/a.html", report.MANIFEST}


# Markdown in cards and pages

MARKS = re.compile(r"`|(?<![\w*])\*{1,2}\w|\w\*{1,2}(?![\w*])")


def hinted(hint, feedback=""):
    return an_exercise("model", "incorrect", "fan_out", hint=hint, feedback=feedback)


@pytest.mark.parametrize("name", available())
def test_no_hint_shows_its_markdown(tmp_path, name):
    hints = sorted({mistake.hint for mistake in load(name).mistakes})
    assert hints
    for hint in hints:
        card, text = report.verdict_html(hinted(hint)), report.verdict_text(hinted(hint))
        assert not MARKS.search(Page(card).prose), hint
        assert not MARKS.search(re.sub(r"`[^`]+`", "", text)), hint
        assert Page(card).tags.count("code") == hint.count("`") // 2
    submissions = []
    for n, hint in enumerate(hints):
        exercise = replace(hinted(hint), mistake=hint[:30].replace("*", ""))
        assert not MARKS.search(Page(report.summary_html([exercise])).prose), hint
        submission = a_submission(f"{n}.ipynb", assignment=name)
        submissions.append(replace(submission, exercises=(exercise,)))
    index, handed_out = pages(a_result(submissions), tmp_path)
    for html in [index, *handed_out.values()]:
        assert not MARKS.search(Page(html).prose)


def test_the_search_for_marks_finds_them():
    assert MARKS.search("that *is* so")
    assert MARKS.search("the **two**")
    assert MARKS.search("a `name`")
    assert not MARKS.search("a / 2 * b, x**2")


def test_markdown_of_the_feedback_stays_text_but_for_code():
    said = (
        "*a* **b** [c](javascript:alert(1)) ![d](http://e/f.png) <img src=x> `<b>g</b>` &lt;\n- h"
    )
    page = Page(report.verdict_html(hinted("Think.", said)))
    assert not {"em", "a", "img", "b", "li", "ul"} & set(page.tags)
    assert "*a* **b** [c](javascript:alert(1)) ![d](http://e/f.png) <img src=x>" in page.text
    assert "<b>g</b> &lt;\n- h" in page.text
    assert page.tags.count("code") == 1


def test_blocked_names_the_exercise_as_code():
    exercise = an_exercise("model", "blocked", feedback="Fix `f` first.")
    assert "Fix <code>f</code> first." in report.verdict_html(exercise)
    assert "Fix <code>f</code> first." in report.summary_html([exercise])
    assert "Fix `f` first." in report.verdict_text(exercise)


# One verdict


@pytest.mark.parametrize("status", rendering.STATUS)
def test_verdict_has_status_sentence_feedback_and_cases(status):
    exercise = an_exercise("initialize_parameters_he", status)
    text = report.verdict_text(exercise)
    assert text.startswith(f"{rendering.STATUS[status].symbol} initialize_parameters_he: {status}")
    assert "\x1b" not in text
    card = " ".join(Page(report.verdict_html(exercise)).text.split())
    for said in (rendering.STATUS[status].sentence, "variance follows fan in", "of 8 points"):
        assert said in text
        assert said in card
    assert " ".join(FEEDBACK[status].split()) in " ".join(text.split())


def test_verdict_text_in_full():
    exercise = an_exercise("initialize_parameters_he", "incorrect", "missing_root")
    assert report.verdict_text(exercise) == (
        "✗ initialize_parameters_he: incorrect, 2 of 8 points\n\n"
        "Not right yet.\n\n"
        "Hint: You scale by the variance where the standard deviation is meant.\n"
        "Multiplying by c changes the variance by c squared.\n\n"
        "  ✓ shapes follow the layers  2 of 2 points\n"
        "  ✗ variance follows fan in   0 of 4 points\n"
        "  ✗ biases start at zero      0 of 2 points"
    )


def test_a_hint_that_is_the_feedback_too_is_said_once():
    exercise = an_exercise("model", "incorrect", "fan_out", feedback=HINTS["fan_out"])
    assert report.verdict_html(exercise).count("Look at which sum") == 1
    assert report.verdict_text(exercise).count("The variance of your weights") == 1


def test_card_brings_its_styles_and_takes_the_colour_of_the_notebook():
    card = report.verdict_html(an_exercise("model", "blocked"))
    assert "class=" not in card
    assert "<style" not in card
    assert set(re.findall(r"(?<![-\w])color:([^;\"]+)", card)) <= {"#fff", "inherit"}


def test_summary_says_what_is_next_and_what_blocked_waits_for():
    blocked = an_exercise("model", "blocked")
    todo = an_exercise("initialize_parameters_he", "incorrect", "missing_root")
    done = an_exercise("HeNormal")
    text = report.summary_text([done, blocked, todo])
    assert text.startswith("1 of 3 exercises correct\n\n  ✓ HeNormal                  correct")
    assert "Next: initialize_parameters_he\n\nYou scale by the variance" in text
    card = Page(report.summary_html([done, blocked, todo])).text
    assert "1 of 3 exercises correct" in card
    assert "You scale by the variance" in card
    assert "Next" not in report.summary_text([done])
    assert report.summary_text([]) == "0 of 0 exercises correct"


def contrast(one, other):
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_colours_reach_the_contrast_of_wcag_aa(class_pages):
    light, dark = re.findall(r":root \{([^}]*--paper[^}]*)\}", class_pages[0])
    for scheme in (light, dark):
        colour = dict(re.findall(r"--([\w-]+): (#\w{6})", scheme))
        for name in ("ink", "quiet", "accent", *(s.replace(" ", "-") for s in rendering.STATUS)):
            for ground in ("page", "paper", "soft"):
                assert contrast(colour[name], colour[ground]) >= 4.5, (name, ground)
        for status in rendering.STATUS:
            assert contrast(colour["on"], colour[status.replace(" ", "-")]) >= 4.5, status
    for look in rendering.STATUS.values():
        assert contrast("#ffffff", look.web) >= 4.5


def test_the_located_lines_are_marked_in_the_students_own_code(tmp_path):
    name = next(iter(EXERCISES))
    code = "def f(x):\n    y = x < 1\n    return y"
    located = Located(4, (12,), False, 11, code)
    one = an_exercise(name, "incorrect", feedback="Look at cell 4.", located=located)
    result = SubmissionResult("a.ipynb", "initialization", Recognition(), 0.1, None, (one,))
    report.write_html(a_result([result]), tmp_path)
    (page,) = [p.read_text() for p in tmp_path.rglob("*.html") if "def f" in p.read_text()]
    assert '<span class="at">12</span>    <mark>y = x &lt; 1</mark>' in page
    assert page.count("<mark>") == 1
    assert '<span class="at">13</span>    return y' in page
