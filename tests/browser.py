"""Chromium for tests of pages: what a page does at a width, asked by a script."""

import html
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")

PROBE = """<!doctype html><meta charset="utf-8"><body>{frames}<pre id="answers"></pre><script>
addEventListener("load", () => {{
  const ask = (window) => {{ const document = window.document; {script} }};
  const frames = Array.from(document.querySelectorAll("iframe"));
  const answers = frames.map((frame) => ask(frame.contentWindow));
  document.getElementById("answers").textContent = JSON.stringify(answers);
}});
</script>"""


def find():
    """Return the path of a browser, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def ask(pages, script, width=1280):
    """Run the body of a JavaScript function of `window` in each page; return what it returns.

    The pages are frames of one page, so that one start of the browser is enough.
    """
    frames = "".join(
        f'<iframe srcdoc="{html.escape(page)}" width="{width}" height="900"></iframe>'
        for page in pages
    )
    with tempfile.TemporaryDirectory() as profile:
        probe = Path(profile, "probe.html")
        probe.write_text(PROBE.format(frames=frames, script=script), encoding="utf-8")
        done = subprocess.run(
            [find(), *FLAGS, f"--user-data-dir={profile}", "--dump-dom", probe.as_uri()],
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
            env={**os.environ, "HOME": profile},
        )
    answers = done.stdout.rpartition('<pre id="answers">')[2].partition("</pre>")[0]
    return json.loads(html.unescape(answers))
