# SPDX-License-Identifier: Apache-2.0
"""Dots on a logarithmic axis of seconds: a panel per size and precision, a row per circuit, a colour per simulator."""
import math

COLOURS = {"carillon": "#c0392b", "qsim": "#2471a3", "qulacs": "#239b56", "aer": "#8e44ad", "lightning": "#d68910",
           "quest": "#566573"}
ROW, PANEL_HEAD, PANEL_FOOT = 24, 44, 34
LABEL, PLOT, RATIO, GAP = 70, 380, 62, 24
TOP = 54


def decades(cells):
    values = [r["median"] for cell in cells for r in cell["results"].values()]
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def text(x, y, content, size=12, anchor="start", colour="#222", weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}" '
            f'font-weight="{weight}">{content}</text>')


def duration(power):
    """10^power seconds: "10 ms"."""
    unit, shift = ("s", 0) if power >= 0 else ("ms", 3) if power >= -3 else ("µs", 6) if power >= -6 else ("ns", 9)
    return f"{10 ** (power + shift)} {unit}"


def axis(x, y, height, low, high):
    parts = []
    for power in range(low, high + 1):
        at = x + PLOT * (power - low) / (high - low)
        parts.append(f'<line x1="{at:.1f}" y1="{y}" x2="{at:.1f}" y2="{y + height}" stroke="#ccc"/>')
        parts.append(text(at, y + height + 16, duration(power), 11, "middle", "#555"))
        for digit in (2, 5):
            if power < high:
                minor = at + PLOT * math.log10(digit) / (high - low)
                parts.append(f'<line x1="{minor:.1f}" y1="{y}" x2="{minor:.1f}" y2="{y + height}" stroke="#eee"/>')
    return parts


def marker(name, x, y):
    if name == "carillon":  # a diamond, so that it is told apart without colour
        points = f"{x - 7:.1f},{y} {x:.1f},{y - 7} {x + 7:.1f},{y} {x:.1f},{y + 7}"
        return f'<polygon points="{points}" fill="{COLOURS[name]}" stroke="white"/>'
    return f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="{COLOURS[name]}" fill-opacity="0.85" stroke="white"/>'


def panel(x, y, key, cells, ratio):
    low, high = decades(cells)
    height = ROW * len(cells)
    parts = [text(x + LABEL, y + 16, f"{key[0]} qubits, {key[1]}", 14, weight="bold"),
             text(x + LABEL + PLOT + RATIO, y + 34, "best / ours", 11, "end", "#555")]
    plot_x, plot_y = x + LABEL, y + PANEL_HEAD
    parts += axis(plot_x, plot_y, height, low, high)
    for row, cell in enumerate(cells):
        middle = plot_y + ROW * row + ROW // 2
        parts.append(text(plot_x - 8, middle + 4, cell["key"][0], 12, "end"))
        for name in sorted(cell["results"], key=lambda n: n == "carillon"):  # ours on top
            at = plot_x + PLOT * (math.log10(cell["results"][name]["median"]) - low) / (high - low)
            parts.append(marker(name, at, middle))
        share = ratio(cell)
        if share:
            parts.append(text(x + LABEL + PLOT + RATIO, middle + 4, f"{share:.2f}×", 12, "end", weight="bold",
                              colour="#c0392b" if share < 1 else "#222"))
    return parts


def legend(x, y, titles, names):
    parts = []
    for name, title in titles.items():
        if name in names:
            parts += [marker(name, x + 8, y - 4), text(x + 20, y, title, 13)]
            x += 40 + 8 * len(title)
    return parts


def draw(groups, titles, ratio):
    """Args:
        groups: ((qubits, precision), cells) for every panel.
        ratio: of a cell, the best peer's time over ours, or None.
    """
    columns = [[g for g in groups if g[0][1] == precision and g[1]] for precision in ("float", "double")]
    columns = [column for column in columns if column]
    width_each = LABEL + PLOT + RATIO + GAP
    heights = [sum(PANEL_HEAD + PANEL_FOOT + ROW * len(cells) for _, cells in column) for column in columns]
    width, height = width_each * len(columns) + GAP, TOP + max(heights)
    names = {name for _, cells in groups for cell in cells for name in cell["results"]}
    parts = [text(GAP, 22, "Seconds of gate application, every simulator at its best setting", 15, weight="bold"),
             *legend(GAP, 44, titles, names)]
    for number, column in enumerate(columns):
        y = TOP
        for key, cells in column:
            parts += panel(number * width_each + GAP / 2, y, key, cells, ratio)
            y += PANEL_HEAD + PANEL_FOOT + ROW * len(cells)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            'font-family="sans-serif"><rect width="100%" height="100%" fill="white"/>' + "\n".join(parts) + "</svg>\n")
