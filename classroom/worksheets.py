"""Worksheets to be solved by hand, with other numbers for each class, and their keys.

The lessons' answers are public; these are not, because the numbers come from the class and a word of the teacher's.
"""

import math
import random
import re
from dataclasses import dataclass, field

Matrix = list[list[float]]


@dataclass(frozen=True)
class Question:
    """A question and its answer.

    In both, `{name}` stands for one of the formulas, (left side, matrix); the left side may be empty.
    """

    text: str
    answer: str
    formulas: dict[str, tuple[str, Matrix]] = field(default_factory=dict)


def sheet(seed: str) -> list[Question]:
    """The questions, one a lesson; the same seed gives the same numbers."""
    numbers = random.Random(seed)
    return [make(numbers) for make in (distance, colors, parameters, content, gram, variation, step, total)]


def is_name(name: str) -> bool:
    """Whether a class's name can be part of a file's name."""
    return re.fullmatch(r"[\w-][\w -]*", name) is not None


# --- The questions, lesson by lesson ----------------------------------------------------------------------------------


def distance(numbers: random.Random) -> Question:
    low, high = 10 * numbers.randint(1, 5), 10 * numbers.randint(12, 20)
    stripe, columns = numbers.randint(1, 4), 6
    row = [high if column == stripe else low for column in range(columns)]
    moved, brighter = [row[-1], *row[:-1]], [value + 10 for value in row]
    return Question(
        "A row of pixels is {row}. A: everything is moved one place to the right, {moved}. B: everything is brighter "
        "by 10, {brighter}. Which of the two is farther from the row, by the sum of squared differences? And which "
        "looks more like it?",
        f"A: 2 × {high - low}² = {2 * (high - low) ** 2}. B: {columns} × 10² = {columns * 100}. A is farther, although "
        "it shows the same stripe.",
        {"row": ("", [row]), "moved": ("", [moved]), "brighter": ("", [brighter])},
    )


def colors(numbers: random.Random) -> Question:
    values, palette = numbers.sample(range(10), 4), sorted(numbers.sample(range(10, 100), 4))
    order = sorted(values)
    matched = [palette[order.index(value)] for value in values]
    shown = [*palette]
    numbers.shuffle(shown)
    return Question(
        "The values {values} get the distribution of {shown} (histogram transfer). What do they become?",
        "{matched}: the smallest becomes the smallest, and so on.",
        {"values": ("", [values]), "shown": ("", [shown]), "matched": ("", [matched])},
    )


def parameters(numbers: random.Random) -> Question:
    kernel, into, out = numbers.choice((3, 5, 7)), numbers.choice((3, 16, 64)), numbers.choice((32, 64, 128))
    strides = numbers.choice(((1, 1, 2), (1, 2, 1), (2, 1, 1)))
    size, jump = 1, 1
    for stride in strides:
        size, jump = size + 2 * jump, jump * stride
    return Question(
        f"A convolution with {kernel} × {kernel} kernels goes from {into} to {out} channels. How many numbers does it "
        f"hold, biases included? And: three layers with 3 × 3 kernels follow one another, with strides "
        f"{strides[0]}, {strides[1]}, {strides[2]}. How wide is the receptive field after the third?",
        f"{kernel} × {kernel} × {into} × {out} + {out} = {kernel * kernel * into * out + out}; {size} pixels.",
    )


def content(numbers: random.Random) -> Question:
    a = [[numbers.randint(0, 4) for _ in range(2)] for _ in range(2)]
    b = [row[:] for row in a]
    for row, column in numbers.sample([(0, 0), (0, 1), (1, 0), (1, 1)], 2):
        b[row][column] = (b[row][column] + numbers.randint(1, 4)) % 5
    difference = [[x - y for x, y in zip(*rows, strict=True)] for rows in zip(a, b, strict=True)]
    loss = sum(d * d for row in difference for d in row)
    return Question(
        "Feature maps with one channel: {a}, {b}. Find the content loss, and its gradient with respect to $F(I)$.",
        f"{loss}; {{gradient}}",
        {"a": ("F(I)", a), "b": ("F(I_c)", b), "gradient": ("", [[2 * d for d in row] for row in difference])},
    )


def gram(numbers: random.Random) -> Question:
    while True:
        maps = [[numbers.randint(0, 4) for _ in range(4)] for _ in range(2)]
        table = [[sum(x * y for x, y in zip(one, other, strict=True)) / 4 for other in maps] for one in maps]
        if table[0][1] > 0 and table[0][0] != table[1][1]:
            break
    return Question(
        "A feature map with four positions and two channels: {first}, {second}. Find the Gram matrix (divide by the "
        "number of positions). Then exchange two positions, in both channels: what becomes of it?",
        "{table}; nothing changes.",
        {"first": ("f_1", [maps[0]]), "second": ("f_2", [maps[1]]), "table": ("G", table)},
    )


def variation(numbers: random.Random) -> Question:
    while True:
        rows = [[numbers.randint(0, 9) for _ in range(3)] for _ in range(2)]
        lengths = slopes(rows)
        if all(length.is_integer() for length in lengths) and 5 in lengths and sum(lengths) < 30:
            break
    return Question(
        "Find the total variation of the picture {rows}. (For each pixel the difference to the one below and to the "
        "one on the right are two sides of a right triangle; add up the long sides.)",
        f"{' + '.join(f'{length:g}' for length in lengths)} = {sum(lengths):g}",
        {"rows": ("I", rows)},
    )


def slopes(rows: Matrix) -> list[float]:
    """The long side of each pixel's triangle, row by row; what has no neighbor changes by 0."""
    height, width = len(rows), len(rows[0])
    return [
        math.hypot(rows[min(i + 1, height - 1)][j] - rows[i][j], rows[i][min(j + 1, width - 1)] - rows[i][j])
        for i in range(height)
        for j in range(width)
    ]


def step(numbers: random.Random) -> Question:
    pixels, rate = [numbers.randint(60, 190), numbers.randint(5, 15)], numbers.choice((2, 4, 5))
    gradient = [numbers.choice((-1, 1)) * numbers.randint(2, 12), numbers.randint(8, 20)]
    after = [pixel - rate * slope for pixel, slope in zip(pixels, gradient, strict=True)]
    return Question(
        f"Two pixels are {pixels[0]} and {pixels[1]}. The gradient of the loss there is {gradient[0]} and "
        f"{gradient[1]}, the learning rate {rate}. What are the pixels after one step of gradient descent, kept in 0 "
        "to 255?",
        f"{after[0]}, and 0 ({after[1]} is cut off).",
    )


def total(numbers: random.Random) -> Question:
    apart = numbers.randint(1, 3)  # how much the style losses differ; those of the content differ by 5 tenths
    more, style = numbers.randint(6, 9), numbers.randint(1, 5)
    a, b = (more, style), (more - 5, style + apart)  # the content and the style loss of each picture, in tenths
    weights = (2 * apart - 1) / 10, float(2 * apart - 1)
    totals = [[round(weight * losses[0] / 10 + losses[1] / 10, 4) for losses in (a, b)] for weight in weights]
    return Question(
        f"Picture A has the content loss 0.{a[0]} and the style loss 0.{a[1]}, picture B 0.{b[0]} and 0.{b[1]}. The "
        f"style weight is 1, and total variation is left out. Which one has the smaller total loss with the content "
        f"weight {weights[0]:g}, and which with {weights[1]:g}? From which content weight on does the winner change?",
        " ".join(
            f"With {weight:g}: A {of_a:g}, B {of_b:g}, so {'A' if of_a < of_b else 'B'}."
            for weight, (of_a, of_b) in zip(weights, totals, strict=True)
        )
        + f" The winner changes at {apart / 5:g}.",
    )


# --- On paper ---------------------------------------------------------------------------------------------------------


def markdown(name: str, questions: list[Question], key: bool = False) -> str:
    """A sheet, or its key, as Markdown with TeX formulas."""
    lines = [f"# {title(name, key)}", *([] if key else ["Name:"])]
    for number, question in enumerate(questions, 1):
        text = question.answer if key else question.text
        formulas = {name: f"${tex(*formula)}$" for name, formula in question.formulas.items()}
        lines.append(f"{number}. {text.format(**formulas)}")
    return "\n\n".join(lines) + "\n"


def pdf(name: str, questions: list[Question], key: bool = False) -> bytes:
    """A sheet, with room to calculate, or its key, as a PDF file of A4 pages."""
    import typst

    head = '#set page(paper: "a4", margin: (x: 2.2cm, y: 2cm), numbering: "1 / 1")\n#set text(size: 11pt, lang: "en")\n'
    parts = [f"{head}= {title(name, key)}\n#v(0.5em)\n", "" if key else "Name: #box(width: 7cm, line(length: 100%))\n"]
    for number, question in enumerate(questions, 1):
        text = question.answer if key else question.text
        formulas = {name: f"$display({typst_math(*formula)})$" for name, formula in question.formulas.items()}
        room = "0.6em" if key else "4.2cm"
        parts.append(f"#block(breakable: false)[*{number}.* {text.format(**formulas)} #v({room})]\n")
    return typst.compile("\n".join(parts).encode())


def title(name: str, key: bool) -> str:
    return f"{'Key to worksheet' if key else 'Worksheet'} {name}"


def tex(left: str, matrix: Matrix) -> str:
    rows = r" \\ ".join(" & ".join(f"{value:g}" for value in row) for row in matrix)
    return rf"{left + ' = ' if left else ''}\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def typst_math(left: str, matrix: Matrix) -> str:
    rows = "; ".join(", ".join(f"{value:g}" for value in row) for row in matrix)
    return f"{left + ' = ' if left else ''}mat({rows})"
