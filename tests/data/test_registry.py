"""Real data files: the registry, fetching against a local server, importing, the command line."""

from __future__ import annotations

import functools
import hashlib
import http.server
import os
import threading

import pytest
from conftest import ROOT, dltf

from dltf.data import fetching, registry
from dltf.data.registry import DataFile

CONTENT = bytes(range(256)) * 2000


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Return a data folder of the test's own; no other is searched."""
    monkeypatch.setenv("DLTF_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "data"


class Server(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT, ranges too; notes what was asked; can break off or serve something else."""

    asked: list[str | None]
    limit: int | None = None
    content = CONTENT
    status = 200

    def do_GET(self):
        wanted = self.headers.get("Range")
        type(self).asked.append(wanted)
        begun = int(wanted[len("bytes=") : -1]) if wanted else 0
        body = self.content[begun:]
        self.send_response(self.status if self.status != 200 else 206 if wanted else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.limit is None else body[: self.limit])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    handler = type("OneServer", (Server,), {"asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        thread = threading.Thread(target=functools.partial(serving.serve_forever, 0.01))
        thread.start()
        handler.url = f"http://127.0.0.1:{serving.server_port}/x.bin"
        yield handler
        serving.shutdown()
        thread.join()


def entry_at(url, content=CONTENT, file="set/x.bin"):
    digest = hashlib.sha256(content).hexdigest()
    return DataFile(file, len(content), digest, "bytes", "none", url)


def test_the_registry_is_consistent():
    files = registry.entries()
    assert len({e.file for e in files}) == len(files)
    assert len({e.sha256 for e in files}) == len(files)
    for entry in files:
        assert "/" in entry.file
        assert entry.bytes > 0
        assert len(bytes.fromhex(entry.sha256)) == 32
        assert entry.what
        assert entry.licence
        assert bool(entry.url.startswith("https://")) != bool(entry.made), entry.file


def test_the_page_of_the_registry_is_current():
    assert (ROOT / "datasets" / "README.md").read_text() == registry.page(), "make datasets"


def test_names_select_data_sets_and_files():
    assert {e.dataset for e in registry.select(["signs"])} == {"signs"}
    assert [e.file for e in registry.select(["text/dinos.txt"])] == ["text/dinos.txt"]
    assert registry.select() == list(registry.entries())
    with pytest.raises(
        ValueError,
        match=r"sings: expected a file in the registry or a data set, got neither\. Did you mean '",
    ):
        registry.select(["signs", "sings"])
    with pytest.raises(
        ValueError, match=r"x: expected a file in the registry or a data set \(football, "
    ):
        registry.select(["x"])


def test_a_file_is_fetched_once(server, folder):
    entry, told = entry_at(server.url), []
    where = fetching.fetch(entry, lambda e, count: told.append((e.file, count)))
    assert where == folder / "set" / "x.bin"
    assert where.read_bytes() == CONTENT
    assert told[-1] == ("set/x.bin", len(CONTENT))
    assert fetching.fetch(entry) == where
    assert server.asked == [None]
    assert [p.name for p in where.parent.iterdir()] == ["x.bin"]
    assert registry.find("set/x.bin") == where


def test_an_interrupted_download_is_resumed(server, folder):
    entry = entry_at(server.url)
    server.limit = 100_000
    with pytest.raises(fetching.Unreachable):
        fetching.fetch(entry)
    part = folder / "set" / "x.bin.part"
    kept = part.stat().st_size
    assert 0 < kept <= 100_000
    assert registry.find("set/x.bin") is None
    server.limit = None
    assert fetching.fetch(entry).read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={kept}-"]
    assert not part.exists()


def test_a_server_without_ranges_starts_over(server, folder, monkeypatch):
    entry = entry_at(server.url)
    part = folder / "set" / "x.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT[:1000])
    monkeypatch.setattr(server, "do_GET", lambda self: whole(self))

    def whole(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    assert fetching.fetch(entry).read_bytes() == CONTENT


def test_what_is_not_the_file_is_not_kept(server, folder):
    server.content = CONTENT[::-1]
    with pytest.raises(
        ValueError, match=r"set/x.bin: expected 512000 bytes with sha256 .* got 512000 others"
    ):
        fetching.fetch(entry_at(server.url))
    assert list((folder / "set").iterdir()) == []


def test_a_missing_file_and_a_missing_server(server):
    server.status = 404
    with pytest.raises(OSError, match=r"set/x.bin: expected the file at .*, got status 404"):
        fetching.fetch(entry_at(server.url))
    with pytest.raises(
        fetching.Unreachable, match=r"expected a connection to .*, got none; fetch it where"
    ):
        fetching.fetch(entry_at("http://127.0.0.1:9/x.bin"))
    made = DataFile("set/y.h5", 1, "0" * 64, "bytes", "none", made="made from x.bin")
    with pytest.raises(
        ValueError, match=r"set/y.h5: expected an address .* made from x.bin\); put it"
    ):
        fetching.fetch(made)


def test_another_file_under_the_name_is_left_alone(server, folder):
    mine = folder / "set" / "x.bin"
    mine.parent.mkdir(parents=True)
    mine.write_text("my own")
    with pytest.raises(ValueError, match=r"got another; move it away"):
        fetching.fetch(entry_at(server.url))
    assert mine.read_text() == "my own"
    assert server.asked == []


def test_files_are_imported_by_their_checksum(tmp_path, folder, monkeypatch):
    entry = entry_at("", b"real", "set/deep/x.bin")
    monkeypatch.setattr(fetching, "entries", lambda: (entry,))
    source = tmp_path / "downloads"
    (source / "a").mkdir(parents=True)
    (source / "a" / "renamed (1).bin").write_bytes(b"real")
    (source / "same size.bin").write_bytes(b"fake")
    known, unknown = fetching.import_files([source])
    assert known == [(entry, folder / "set" / "deep" / "x.bin")]
    assert unknown == [source / "same size.bin"]
    assert known[0][1].read_bytes() == b"real"
    assert fetching.import_files([source]) == (known, unknown)
    with pytest.raises(
        ValueError, match=r"nowhere: expected a file or a folder, got nothing there"
    ):
        fetching.import_files([tmp_path / "nowhere"])


def test_the_command_line(tmp_path, folder):
    listed = dltf("data", "list", "football", env={**os.environ, "COLUMNS": "200"})
    assert listed.returncode == 0
    assert "football/data.mat" in listed.stdout
    assert "no" in listed.stdout
    done = dltf("data", "list", "fotball")
    assert (done.returncode, "fotball: expected a file in the registry" in done.stderr) == (2, True)
    done = dltf("data", "where")
    assert done.stdout.startswith(f"{folder}  (fetch and import write here)\n")
    done = dltf("data", "where", "football/data.mat")
    assert (done.returncode, done.stdout) == (1, "football/data.mat: not available\n")
    (folder / "football").mkdir(parents=True)
    (folder / "football" / "data.mat").write_text("x")
    done = dltf("data", "where", "football/data.mat")
    assert (done.returncode, "(wrong checksum)" in done.stdout) == (1, True)
    other = tmp_path / "notes.txt"
    other.write_text("not data")
    done = dltf("data", "import", other)
    assert done.returncode == 2
    assert "notes.txt: not a file in the registry, or modified" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_network_fetch_says_so_once(folder):
    environment = {**os.environ, "https_proxy": "http://127.0.0.1:9"}
    done = dltf("data", "fetch", "cats", env=environment)
    assert done.returncode == 2
    assert done.stderr.count("expected a connection to") == 1
    assert done.stderr.endswith("dltf: 3 of 3 files are not available\n")
    assert "Traceback" not in done.stderr
