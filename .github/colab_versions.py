"""Write the versions that Colab has now into requirements-colab.txt.

    python .github/colab_versions.py < pip-freeze.txt

Only packages that stand there already; one that Colab no longer has ends with an error that names it.
"""

import re
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements-colab.txt"


def normal(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def updated(requirements: str, freeze: str) -> str:
    """The requirements, `name==version` a line, with the versions of a pip freeze."""
    versions = {normal(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", freeze, re.MULTILINE)}
    lines = []
    for line in requirements.splitlines():
        name, pinned, _ = line.partition("==")
        if pinned and not line.startswith("#"):
            if normal(name) not in versions:
                sys.exit(f"Colab no longer has {name}, or not as a release.")
            line = f"{name}=={versions[normal(name)]}"
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    REQUIREMENTS.write_text(updated(REQUIREMENTS.read_text(encoding="utf-8"), sys.stdin.read()), encoding="utf-8")
