"""The page of many pictures: photographs against paintings, small, each leading to its picture.

It is a file among the pictures: it asks no server for anything, and can be sent along with them.
"""

import html
import io
from pathlib import Path
from urllib.parse import quote

from PIL import Image

from ... import quiet_tensorflow
from ...images import ImageError, load_image, title_of, to_uint8
from ...saving import write

with quiet_tensorflow():
    from ...recipe import Recipe

PAGE = "index.html"
THUMBNAILS = "thumbnails"  # a folder
LONGER_SIDE = 240  # px of a thumbnail
HEAD = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Photographs and paintings</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.4 sans-serif; }
  body { margin: 1rem; }
  table { border-spacing: 0.5rem; }
  th { font-weight: 600; font-size: 0.9rem; text-align: left; vertical-align: bottom; background: Canvas; }
  thead th { position: sticky; top: 0; z-index: 1; }
  tbody th { position: sticky; left: 0; vertical-align: top; }
  img { display: block; width: 180px; height: auto; }
  tbody th img, thead th img { width: 120px; }
  a:focus-visible { outline: 3px solid; outline-offset: 2px; }
</style>
<h1>Photographs and paintings</h1>
"""


def write_page(folder: Path, sources: dict[str, Path]) -> Path | None:
    """Write index.html for all pictures in a folder that were painted from one photograph and one painting each.

    Args:
        sources: the photographs and paintings by their digests, for thumbnails; those of earlier calls have theirs.

    Returns:
        The page; None if there is no picture.

    Raises:
        ImageError: it cannot be written.
    """
    recipes = {path: recipe for path in sorted(folder.glob("*.png")) if (recipe := recipe_of(path))}
    if not recipes:
        return None
    for source, path in sources.items():
        make_thumbnail(path, source_thumbnail(folder, source))
    names, cells = {}, {}
    for path, recipe in recipes.items():
        make_thumbnail(path, folder / THUMBNAILS / f"{path.stem}.jpg")
        content, style = recipe.sources
        names[content], names[style] = spoken(recipe.content), spoken(recipe.styles[0])
        described = html.escape(f"{names[content]} in the style of {names[style]}", quote=True)
        small = quote(f"{THUMBNAILS}/{path.stem}.jpg")
        cells.setdefault((content, style), []).append(
            f'<a href="{quote(path.name)}"><img src="{small}" alt="{described}" loading="lazy"></a>'
        )
    contents, styles = (
        sorted({pair[place] for pair in cells}, key=lambda source: names[source].casefold()) for place in (0, 1)
    )

    def head(source: str, scope: str) -> str:
        file = source_thumbnail(folder, source)
        picture = f'<img src="{THUMBNAILS}/{file.name}" alt="">' if file.exists() else ""
        return f'<th scope="{scope}">{picture}{html.escape(names[source])}</th>'

    rows = ["<tr><td></td>" + "".join(head(style, "col") for style in styles) + "</tr></thead>\n<tbody>"]
    for content in contents:
        row = (f"<td>{''.join(cells.get((content, style), []))}</td>" for style in styles)
        rows.append(f"<tr>{head(content, 'row')}{''.join(row)}</tr>")
    page = HEAD + "<table>\n<thead>" + "\n".join(rows) + "\n</tbody></table>\n</html>\n"
    return write(page.encode(errors="backslashreplace"), folder / PAGE, overwrite=True)


def recipe_of(path: Path) -> Recipe | None:
    """The recipe of a picture that has one photograph, one painting, and says which files they were."""
    try:
        recipe = Recipe.of_file(path)
    except ImageError:
        return None
    return recipe if len(recipe.sources) == 2 else None


def spoken(name: str) -> str:
    """What a picture is called on the page."""
    return title_of(Path(name).stem)


def source_thumbnail(folder: Path, source: str) -> Path:
    """Where the thumbnail of a photograph or painting is, by its digest."""
    return folder / THUMBNAILS / f"{source}.jpg"


def make_thumbnail(picture: Path, path: Path) -> None:
    """A small JPEG of a picture, unless there is one that is not older. Of what cannot be read there is none."""
    if path.exists() and path.stat().st_mtime >= picture.stat().st_mtime:
        return
    try:
        image = Image.fromarray(to_uint8(load_image(picture)))
    except ImageError:
        return
    image.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise ImageError(f"'{path.parent}' cannot be made: {error.strerror}.") from error
    write(buffer.getvalue(), path, overwrite=True)
