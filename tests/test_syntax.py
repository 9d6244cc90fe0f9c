"""`dltf._syntax`: one thread parses at a time."""

import ast
import time
from concurrent.futures import ThreadPoolExecutor

from dltf import _syntax


def test_no_two_threads_parse_at_the_same_time(monkeypatch):
    inside, most = [], []
    parse = ast.parse

    def slow(*arguments):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.005)  # others have time to come in
        tree = parse(*arguments)
        inside.pop()
        return tree

    monkeypatch.setattr(ast, "parse", slow)
    with ThreadPoolExecutor(4) as executor:
        trees = list(executor.map(_syntax.parse, [f"x = {i}" for i in range(12)]))
    assert max(most) == 1
    assert [ast.unparse(tree) for tree in trees] == [f"x = {i}" for i in range(12)]


def test_the_autograder_parses_in_no_other_way():
    """Except in the process that runs one answer, which has one thread."""
    from pathlib import Path

    import dltf

    package = Path(dltf.__file__).parent
    others = {
        path.relative_to(package).as_posix()
        for folder in ("autograder", "authoring")
        for path in (package / folder).rglob("*.py")
        if "ast.parse(" in path.read_text()
    }
    assert others == {"autograder/execution/implementation.py"}
