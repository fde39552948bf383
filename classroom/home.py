"""`make home REPO=owner/name`: a copy of the course lives elsewhere on GitHub, and all that names its home follows."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GITHUB = "https://github.com/"
REPOSITORY = re.compile(r"[\w-][\w.-]*/[\w.-]*[\w-]")


def current(root: Path = ROOT) -> str:
    """The repository, owner/name, that the one constant of the code names."""
    source = (root / "helpers" / "__init__.py").read_text(encoding="utf-8")
    return re.search(rf'^HOME = "{GITHUB}(.+)"$', source, re.MULTILINE)[1]


def move(new: str, root: Path = ROOT) -> list[Path]:
    """Write the new home in the place of the old one into every text file that Git knows; the changed files.

    Badges, setup cells, links, the citation and the line with which the course is cloned name it.

    Raises:
        ValueError: `new` is not of the form owner/name.
    """
    if not REPOSITORY.fullmatch(new):
        raise ValueError(f"{new!r} is no repository on GitHub; it has the form owner/name.")
    old = current(root)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout.decode()
    changed = []
    for path in (root / name for name in listed.split("\0") if name):
        try:
            before = path.read_bytes().decode("utf-8")
        except (UnicodeDecodeError, FileNotFoundError):  # pictures, and files that were deleted
            continue
        after = re.sub(rf"(?<![\w.-]){re.escape(old)}(?![\w-]|\.\w)", new, before)
        after = re.sub(rf"(git clone {GITHUB}{re.escape(new)} && cd )\S+", rf"\g<1>{new.partition('/')[2]}", after)
        if after != before:
            path.write_bytes(after.encode("utf-8"))
            changed.append(path)
    return changed


def main() -> int:
    """Move to the repository that is given; the exit status is 2 if there is none."""
    try:
        changed = move(sys.argv[1] if len(sys.argv) == 2 else "")
    except ValueError as error:
        print(f"make home REPO=owner/name: {error}", file=sys.stderr)
        return 2
    print(f"{current()}: {len(changed)} files changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
