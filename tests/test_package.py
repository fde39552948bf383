"""The package `helpers` as a whole: who may know whom, and what is shipped."""

import ast
from pathlib import Path

import pytest

from helpers.images import ROOT

PACKAGE = ROOT / "helpers"
# Each room of the package, and the others that it may import. What is not listed may import nothing of it.
MAY_IMPORT = {
    "__init__": set(),
    "alt_text": set(),
    "color_management": set(),
    "reading": {"color_management"},
    "images": {"reading"},
    "saving": {"color_management", "images"},
    "masks": {"images"},
    "interrupts": set(),
    "memory": set(),
    "weights": set(),
    "losses": set(),
    "optimizers": set(),
    "coordinates": set(),
    "vgg": {"weights"},
    "formulas": {"losses"},
    "objective": {"formulas", "images", "losses", "masks", "vgg"},
    "transfer": {"coordinates", "formulas", "images", "losses", "masks", "memory", "objective", "optimizers"},
    "further": {
        *("__init__", "formulas", "images", "losses", "masks", "objective", "saving", "transfer", "vgg", "weights"),
    },
    "plots": {"alt_text", "images"},
    "names": set(),
    "lesson": {"__init__", "images", "names", "plots", "weights"},
    "checks": {"__init__", "formulas", "images", "losses", "masks", "plots", "vgg"},
    "recipe": {"__init__", "further", "images", "masks", "saving", "transfer"},
    "further/many": {
        *("__init__", "images", "interrupts", "masks", "memory", "recipe", "saving", "transfer", "weights"),
    },
    "studio": {"__init__", "further", "images", "lesson", "masks", "names", "recipe", "saving", "transfer", "weights"},
    "readiness": {"__init__", "images", "transfer", "weights"},
    "marking": {"__init__", "checks", "images", "saving", "weights"},
    "__main__": {
        *("__init__", "images", "interrupts", "marking", "masks", "memory", "readiness", "recipe", "saving"),
        *("further", "transfer", "weights"),
    },
}


def rooms():
    """{module or folder: its files}."""
    found = {path.stem: [path] for path in PACKAGE.glob("*.py")}
    folders = [path.parent for path in PACKAGE.glob("*/**/__init__.py")]
    return found | {"/".join(path.relative_to(PACKAGE).parts): sorted(path.glob("*.py")) for path in folders}


def imported(path: Path):
    """The rooms of the package that a file imports from."""
    depth = len(path.relative_to(PACKAGE).parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            if node.module:
                yield node.module.partition(".")[0]
            else:  # from . import images, quiet_tensorflow
                yield from (alias.name if alias.name in rooms() else "__init__" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            assert not node.module.startswith("helpers"), f"{path.name}: write from . import ..."


def test_every_room_has_its_place():
    assert set(rooms()) == set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_go_one_way(room):
    assert {name for path in rooms()[room] for name in imported(path)} <= MAY_IMPORT[room]


def test_all_that_the_package_holds_is_shipped():
    tomllib = pytest.importorskip("tomllib")  # Python 3.11
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {path.parent for path in PACKAGE.rglob("__init__.py")}
    assert set(setuptools["packages"]) == {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    data = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    listed = {
        PACKAGE.parent.joinpath(*package.split("."), name)
        for package, names in setuptools["package-data"].items()
        for name in names
    }
    assert listed == data
