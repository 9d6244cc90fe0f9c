"""`dltf.authoring.verify`: every gap in an assignment is found and reported."""

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from dltf.authoring import findings, verify
from dltf.autograder.assignment import loading
from dltf.autograder.diagnosis import Observed
from dltf.autograder.execution.pool import Pool
from dltf.autograder.grading import Grader
from dltf.autograder.verdict import Status, Verdict

REFERENCE = '''import numpy as np


def halve(x):
    """Return half of x."""
    ### BEGIN SOLUTION
    return x * 0.5
    ### END SOLUTION


def mean_square(x, offset=1.0):
    """Return the mean of the squares."""
    ### BEGIN SOLUTION
    return np.mean(x * x) + offset
    ### END SOLUTION
'''
CASES = """from dltf.autograder import case, exercise
exercise("halve")
exercise("mean_square", practice=True)

@case("halve", points=2)
def of_numbers(answer, rng):
    return answer.halve(x=rng.normal(size=3))

@case("mean_square")
def of_arrays(answer, rng):
    return answer.mean_square(x=rng.normal(size=3), offset=rng.uniform(3, 4))

@case("mean_square")
def without_offset(answer, rng):
    return answer.mean_square(x=rng.normal(size=3))
"""
MISTAKES = """from dltf.autograder import mistake
mistake("halve", "x * 0.5", "x * 0.25", id="quarter", hint="Too small.")
mistake("halve", "x * 0.5", "x", id="whole", hint="Too large.")
mistake("halve", "x * 0.5", "-x", id="negative", hint="Mind the sign.")
mistake("mean_square", "np.mean", "np.sum", id="sum", hint="A mean, not a sum.")
mistake("mean_square", "$mean + offset", "$mean", id="offset", hint="Something is missing.")
mistake("mean_square", "$mean + offset", "$mean + 1", id="deaf", hint="An argument is not heard.")
"""
ACCEPTED = """import numpy as np
from dltf.autograder import accepted, equivalent

@accepted("halve", why="The same.")
def by_division(x):
    return x / 2
"""


def make(folder, **files):
    folder = folder / "toy"
    folder.mkdir(parents=True)
    every = {"cases": CASES, "reference": REFERENCE, "mistakes": MISTAKES, "accepted": ACCEPTED}
    for name, content in (every | files).items():
        (folder / f"{name}.py").write_text(content)
    return loading.load(folder)


class Answer:
    def __init__(self, source):
        exec(source, self.__dict__)


class HereGrader:
    """Grades in this process, as the real one does in others."""

    def __init__(self):
        self.graded = []
        self.known = self

    def map(self, function, items):
        return map(function, items)

    def reference(self, assignment, seed):
        return {
            name: {
                case.name: Observed(value)
                for case, value in zip(
                    assignment.cases_of(name),
                    self.see(assignment, assignment.reference, name, seed),
                    strict=True,
                )
            }
            for name in assignment.exercises
        }

    def see(self, assignment, source, name, seed):
        answer = Answer(source)
        seen = []
        for case in assignment.cases_of(name):
            try:
                seen.append(case.function(answer, case.rng(seed)))
            except NotImplementedError:
                return "not attempted"
            except Exception:
                seen.append(None)
        return seen

    def same(self, first, second):
        if isinstance(first, str) or isinstance(second, str):
            return first == second
        return all(
            a is not None and b is not None and np.shape(a) == np.shape(b) and np.allclose(a, b)
            for a, b in zip(first, second, strict=True)
        )

    def grade_programs(self, assignment, programs, seed):
        return [self.grade_program(assignment, *program, seed) for program in programs]

    def grade_program(self, assignment, source, exercises, seed=None):
        self.graded.append((source, tuple(exercises), seed))
        return [self.verdict(assignment, source, name, seed) for name in exercises]

    def verdict(self, assignment, source, name, seed):
        cases = assignment.cases_of(name)

        def verdict(status, statuses=Status.INCORRECT, mistake=None):
            found = Verdict.of(name, status, cases, statuses, "It\ndiffers.")
            return found.explained([mistake.id], mistake.hint) if mistake else found

        if "while True" in source:
            return verdict(Status.NOT_GRADED)
        seen = self.see(assignment, source, name, seed)
        if seen == "not attempted":
            return verdict(Status.NOT_ATTEMPTED)
        expected = self.see(assignment, assignment.reference, name, seed)
        statuses = {
            case.name: Status.CORRECT if self.same([one], [right]) else Status.INCORRECT
            for case, one, right in zip(cases, seen, expected, strict=True)
        }
        if self.same(seen, expected):
            return verdict(Status.CORRECT, statuses)
        for one in assignment.mistakes_of(name):
            if self.same(seen, self.see(assignment, assignment.with_mistake(one), name, seed)):
                return verdict(Status.INCORRECT, statuses, one)
        return verdict(Status.INCORRECT, statuses)


def report_of(assignment, seeds=2, grader=None):
    return verify.verify(assignment, grader or HereGrader(), seeds)


def test_a_good_assignment_is_ok(tmp_path):
    report = report_of(make(tmp_path))
    assert report.problems == []
    assert report.ok
    assert report.score == 1.0
    assert report.seeds == (1, 2)
    halve = report.exercises["halve"]
    assert (halve.accepted, halve.mistakes, halve.survivors) == (1, 3, {})
    assert halve.caught == halve.total > 4
    assert halve.advice == []
    assert 4 < halve.variants == halve.variants_caught  # of its accepted answer
    assert report.total == sum(one.total for one in report.exercises.values())


def test_every_program_runs_on_every_seed(tmp_path):
    grader = HereGrader()
    assignment = make(tmp_path)
    report_of(assignment, 3, grader)
    assert len(grader.graded) == 3 * len(verify.trials(assignment))
    assert {seed for _, _, seed in grader.graded} == {1, 2, 3}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"mistakes": MISTAKES + 'mistake("halve", "x * 0.5", "0.5 * x", id="none", hint="-")'},
            "halve: mistake 'none': expected lost marks, got full marks: add a case that detects",
        ),
        (
            {"mistakes": MISTAKES + 'mistake("halve", "0.5", "0.25 * 1", id="too", hint="-")'},
            "halve: mistake 'too': expected its own hint, got that of 'quarter': 'quarter' comes "
            "first and behaves the same in all cases; add a case that distinguishes them",
        ),
        (
            {"mistakes": MISTAKES + '@mistake("halve")\ndef nothing(x):\n    """-"""\n    '
             "raise NotImplementedError"},
            "halve: mistake 'nothing': expected 'incorrect' or 'error', got not attempted",
        ),
        (
            {"accepted": ACCEPTED.replace("/ 2", "/ 3")},
            "halve: accepted 'by_division': expected full marks, got incorrect (It differs.): its "
            "cases or judges reject a right answer",
        ),
        (
            {"accepted": ACCEPTED.replace("x / 2", "x / (2 if x.sum() > 0 else 3)")},
            "halve: accepted 'by_division': expected full marks, got incorrect (It differs.): a "
            "case's verdict depends on the seed",
        ),
        (
            {"reference": REFERENCE.replace("    ### BEGIN SOLUTION\n    return x", "    "
             "return x").replace("    ### END SOLUTION\n", "", 1)},
            "halve: blank: expected 'not attempted', got correct",
        ),
    ],
    ids=["undetected", "twin", "raises", "rejected", "flaky", "unmarked"],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, files, message):
    report = report_of(make(tmp_path, **files), seeds=6)
    assert not report.ok
    assert [problem for problem in report.problems if problem.startswith(message)], report.problems
    assert "\n" not in "".join(report.problems)


def test_a_case_that_returns_nothing_is_named(tmp_path):
    cases = CASES.replace("return answer.halve(x", "answer.halve(x")
    report = report_of(make(tmp_path, cases=cases))
    said = (
        f"{tmp_path}/toy/cases.py:5: case 'of_numbers' of 'halve': expected an observation of the "
        "reference, got None: is a return missing?"
    )
    assert said in report.problems
    one = findings.Report("toy", {"halve": findings.Findings("halve", problems=["x"])}, (1,))
    assert findings.lines(one)[-1].endswith(", 1 problem")


def test_a_mistake_without_diagnosis_is_named(tmp_path):
    class Silent(HereGrader):
        def grade_program(self, *arguments, **keywords):
            graded = super().grade_program(*arguments, **keywords)
            return [replace(verdict, mistake=None) for verdict in graded]

    report = report_of(make(tmp_path), grader=Silent())
    assert "halve: mistake 'whole': expected its own hint, got none: " in "\n".join(report.problems)


LOOSE = CASES.replace("offset=rng.uniform(3, 4)", "offset=1.0")


def test_surviving_mutants_are_listed(tmp_path):
    mistakes = "\n".join(line for line in MISTAKES.split("\n") if "deaf" not in line)
    report = report_of(make(tmp_path, cases=LOOSE, mistakes=mistakes))
    found = report.exercises["mean_square"]
    assert "line 1: offset -> always 1.0" in found.survivors
    assert report.problems == []
    assert not report.ok
    assert 0 < found.score < 0.95
    assert found.advice == ["mean_square: expected at least 3 mistakes, got 2"]
    said = "\n".join(findings.lines(report))
    assert (
        "survivor: mean_square: reference.py:11: offset -> always 1.0: write a case that detects"
        in said
    )
    assert "declare it in accepted.py with equivalent('mean_square', ignores='offset', " in said
    assert said.endswith("0 problems")


def test_explained_survivors_do_not_count(tmp_path):
    mistakes = "\n".join(line for line in MISTAKES.split("\n") if "deaf" not in line)
    declared = 'equivalent("mean_square", ignores="offset", why="A test.")\n'
    report = report_of(make(tmp_path, cases=LOOSE, mistakes=mistakes, accepted=ACCEPTED + declared))
    found = report.exercises["mean_square"]
    assert found.explained == ["line 1: offset -> always 1.0"]
    assert "line 1: offset -> always 1.0" not in found.survivors
    assert found.total == found.caught + len(found.survivors)


def test_what_is_not_equivalent_is_named(tmp_path):
    declared = (
        'equivalent("halve", "x - y", "y - x", why="No such code.")\n'
        'equivalent("halve", "x * 0.5", "x / 2", why="No such mutant.")\n'
        'equivalent("halve", ignores="y", why="No such parameter.")\n'
        'equivalent("halve", "x * 0.5", "x", why="Wrong.")\n'
    )
    assignment = make(tmp_path, accepted=ACCEPTED + declared)
    report = report_of(assignment)
    said = [problem.partition("accepted.py:")[2] for problem in report.problems]
    assert said == [
        "7: equivalent of 'halve': old: expected 'x - y' exactly once in the reference, got it "
        "nowhere; nearest: line 4: def halve(x):; line 7: return x * 0.5 (reference.py): remove it",
        "8: equivalent of 'halve': expected a change that `dltf verify` makes of the reference, "
        "got another: remove it",
        "9: equivalent of 'halve': expected a change that `dltf verify` makes of the reference, "
        "got another: remove it",
        "10: equivalent of 'halve' (reference.py:7: x * 0.5 -> x): expected no case to tell it "
        "apart, got case 'of_numbers': remove it",
    ]
    assert report.exercises["halve"].score == 1.0
    assert not report.ok


def test_an_explanation_holds_when_the_docstring_grows(tmp_path):
    mistakes = "\n".join(line for line in MISTAKES.split("\n") if "deaf" not in line)
    declared = 'equivalent("mean_square", "offset = 1.0", "offset=2.0", why="A test.")\n'
    longer = REFERENCE.replace("the squares.", "the squares.\n\n    Said at length.\n    ")
    cases = "\n".join(CASES.split("\n")[:-5])
    for reference in (REFERENCE, longer):
        report = report_of(make(tmp_path / str(len(reference)), cases=cases, mistakes=mistakes,
                                reference=reference, accepted=ACCEPTED + declared))  # fmt: skip
        assert report.problems == []
        assert [e.old for e in report.exercises["mean_square"].declared.values()] == [
            "offset = 1.0"
        ]
        assert report.exercises["mean_square"].explained == ["line 1: offset=1.0 -> offset=2.0"]


def test_a_mutant_that_some_seeds_miss_is_not_caught(tmp_path):
    cases = CASES.replace(
        "return answer.halve(x=rng.normal(size=3))",
        "return answer.halve(x=rng.normal() if rng.random() < 0.5 else 0.0)",
    )
    found = report_of(make(tmp_path, cases=cases), seeds=8).exercises["halve"]
    assert found.unstable
    assert set(found.unstable) <= set(found.survivors)


def test_mutants_that_hang_are_caught_and_run_once(tmp_path, monkeypatch):
    class Hangs(HereGrader):
        def verdict(self, assignment, source, name, seed):
            verdict = super().verdict(assignment, source, name, seed)
            return replace(verdict, status=Status.NOT_GRADED) if "x + 0.5" in source else verdict

    grader = Hangs()
    report = report_of(make(tmp_path), 3, grader)
    assert report.exercises["halve"].timeouts == 1
    assert report.exercises["halve"].score == 1.0
    assert len([source for source, _, _ in grader.graded if "x + 0.5" in source]) == 1


def test_progress_reaches_the_end(tmp_path):
    told = []
    verify.verify(make(tmp_path), HereGrader(), 2, lambda *state: told.append(state))
    assert told[-1][0] == told[-1][1] == len(told)
    assert told == sorted(told, key=lambda state: state[0])


def test_show_prints_a_table_and_what_to_do(tmp_path):
    console = Console(file=io.StringIO(), width=140, force_terminal=False)
    report = report_of(make(tmp_path, cases=LOOSE))
    findings.show(report, console)
    text = console.file.getvalue()
    assert "mean_square" in text
    assert "survivor: mean_square: reference.py:11: offset -> always 1.0" in text
    assert "toy: not ok: " in text
    assert "\r" not in text


def test_the_table_fits_a_narrow_terminal():
    console = Console(file=io.StringIO(), width=80)
    name = "initialize_parameters_random"
    found = findings.Findings(name, accepted=3, mistakes=11, caught=100)
    findings.show(findings.Report("initialization", {name: found}, (1, 2)), console)
    assert "…" not in console.file.getvalue()


def test_run_returns_whether_there_are_problems(tmp_path, capsys):
    good, bad = make(tmp_path / "good"), make(tmp_path / "bad", cases=LOOSE)
    console = Console(file=io.StringIO(), width=140)
    assert verify.verify_each([good.folder], HereGrader(), 1, console)
    assert not verify.verify_each([bad.folder, good.folder], HereGrader(), 1, console)
    assert "toy: ok: " in console.file.getvalue()
    assert "\r" not in capsys.readouterr().err


def test_with_the_real_grader(tmp_path):
    with Pool(jobs=2, imports=()) as pool:
        report = verify.verify(make(tmp_path), Grader(pool, seed=1), seeds=2)
    assert report.ok, findings.lines(report)
    assert report.score == 1.0


def test_a_mistake_that_fails_a_case_on_some_seeds_only_is_named(tmp_path):
    by_chance = """
@case("halve", points=2)
def of_a_sign(answer, rng):
    return answer.halve(x=1.0 * int(rng.integers(0, 2)))
"""
    report = report_of(make(tmp_path, cases=CASES + by_chance), seeds=6)
    assert not report.ok
    problem = next(p for p in report.problems if "'quarter'" in p)
    assert (
        "expected the same of case 'of_a_sign' on every seed, got both right and wrong" in problem
    )


def test_mutants_can_be_left_out(tmp_path):
    grader = HereGrader()
    report = verify.verify(make(tmp_path), grader, seeds=1, with_mutants=False)
    assert report.total == 0
    assert report.ok
    assert len(grader.graded) == 2 + 6 + 1  # reference and blank, the mistakes, the accepted answer
