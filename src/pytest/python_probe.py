"""What maelstrom-pytest asks an interpreter about itself: one line of JSON after a marker.

Given with -c, in the caller's environment and directory. Imports nothing of the project: the element of sys.path that
stands for the current directory goes first. Runs on any Python 3; pytest itself is found, not imported.
"""

import sys

if sys.path and sys.path[0] == "":
    del sys.path[0]

import json
import os


def find_module(name):
    import importlib.util

    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None


def version_of(distribution):
    try:
        from importlib.metadata import version
    except ImportError:  # before 3.8
        return ""
    try:
        return version(distribution)
    except Exception:
        return ""


def site_directories():
    return [
        path
        for path in sys.path
        if os.path.basename(path) in ("site-packages", "dist-packages") and os.path.isdir(path)
    ]


def read(path):
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""


def editable_directory(direct_url):
    """The project that was installed in place, according to direct_url.json (PEP 610)."""
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    try:
        record = json.loads(read(direct_url))
        url = urlsplit(record["url"])
        editable = record.get("dir_info", {}).get("editable", False)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return url2pathname(url.path) if editable and url.scheme == "file" else None


def finder_directories():
    """Where the import hooks of setuptools' editable installs lead."""
    for name, module in list(sys.modules.items()):
        if not name.startswith("__editable__"):
            continue
        mapping = getattr(module, "MAPPING", None)
        for path in list(mapping.values()) if isinstance(mapping, dict) else []:
            yield path if os.path.exists(path) else path + ".py"
        namespaces = getattr(module, "NAMESPACES", None)
        for paths in list(namespaces.values()) if isinstance(namespaces, dict) else []:
            for path in paths:
                yield path


def look_through(directories):
    """Editable installs, and the files that say what is importable."""
    editable, seen = [], []
    for directory in directories:
        seen.append(directory)
        for name in sorted(os.listdir(directory)):
            path = os.path.join(directory, name)
            if name.endswith(".pth") or name.startswith("__editable__"):
                seen.append(path)
            elif name.endswith(".egg-link"):
                seen.append(path)
                lines = read(path).splitlines()
                editable += [lines[0].strip()] if lines else []
            elif name.endswith(".dist-info"):
                direct_url = os.path.join(path, "direct_url.json")
                found = editable_directory(direct_url) if os.path.exists(direct_url) else None
                if found:
                    seen.append(direct_url)
                    editable.append(found)
    return editable, seen


def user_scripts(directories):
    """Where programs of packages in the user's own site directory are."""
    import site

    try:
        user_site, user_base = site.getusersitepackages(), site.getuserbase()
    except Exception:
        return ""
    return os.path.join(user_base, "bin") if user_site in directories else ""


def places():
    """What would change the answer if it came into being: configurations and site directories."""
    import site

    names = [os.path.join(sys.prefix, "pyvenv.cfg")]
    names.append(os.path.join(os.path.dirname(sys.executable), "pyvenv.cfg"))
    try:
        return names + site.getsitepackages() + [site.getusersitepackages()]
    except Exception:  # old virtualenv has a site module of its own
        return names


def answer():
    directories = site_directories()
    editable, seen = look_through(directories)
    editable += finder_directories()
    return {
        "executable": sys.executable,
        "implementation": sys.implementation.name,
        "version": "%d.%d.%d" % sys.version_info[:3],
        "cache_tag": sys.implementation.cache_tag or "",
        "prefixes": [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix],
        "path": [os.path.abspath(path) for path in sys.path],
        "site_directories": directories,
        "editable": [os.path.abspath(path) for path in editable],
        "user_scripts": user_scripts(directories),
        "pytest": (version_of("pytest") or "unknown") if find_module("pytest") else "",
        "seen": [sys.executable, os.path.realpath(sys.executable)] + places() + seen,
    }


sys.stdout.write("\nmaelstrom-python-probe:" + json.dumps(answer()) + "\n")
sys.stdout.flush()
