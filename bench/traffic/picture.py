#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws what `carillon_bench_ranks --json` prints: time against nodes, computing and exchanging, and the ideal.

    picture.py brickwork40.json > brickwork40.svg
"""
import json
import math
import sys

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 340, 60, 290, 40


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = json.load(file)
    nodes = [row["nodes"] for row in rows]
    most = max(row["compute_s"] + row["exchange_s"] for row in rows) * 1.3
    least = min(min(row["exchange_s"], row["compute_s"]) for row in rows) / 1.5

    def x(count):
        span = math.log2(nodes[-1] / nodes[0]) or 1
        return LEFT + (WIDTH - LEFT - 150) * math.log2(count / nodes[0]) / span

    def y(seconds):
        return BOTTOM - (BOTTOM - TOP) * math.log(seconds / least) / math.log(most / least)

    first = rows[0]["compute_s"] + rows[0]["exchange_s"]
    curves = [
        ("total", "#1b4f72", [row["compute_s"] + row["exchange_s"] for row in rows]),
        ("computing", "#239b56", [row["compute_s"] for row in rows]),
        ("exchanging", "#b9770e", [row["exchange_s"] for row in rows]),
        ("ideal", "#999999", [first * nodes[0] / count for count in nodes]),
    ]
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
          'font-family="sans-serif" font-size="12">')
    print('<rect width="100%" height="100%" fill="white"/>')
    print(f'<text x="{LEFT}" y="20">{rows[0]["circuit"]}, {rows[0]["qubits"]} qubits: '
          'seconds against nodes of 8 ranks (model)</text>')
    for count in nodes:
        print(f'<text x="{x(count):.1f}" y="{BOTTOM + 18}" text-anchor="middle">{count}</text>')
    for seconds in (s * 10**e for e in range(-3, 5) for s in (1, 2, 5)):
        if least <= seconds <= most:
            print(f'<line x1="{LEFT}" x2="{WIDTH - 150}" y1="{y(seconds):.1f}" y2="{y(seconds):.1f}" stroke="#eeeeee"/>')
            print(f'<text x="{LEFT - 6}" y="{y(seconds) + 4:.1f}" text-anchor="end">{seconds:g}</text>')
    label = BOTTOM
    for name, colour, values in sorted(curves, key=lambda curve: curve[2][-1]):
        points = " ".join(f"{x(n):.1f},{y(v):.1f}" for n, v in zip(nodes, values))
        dash = ' stroke-dasharray="4 4"' if name == "ideal" else ""
        print(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        label = min(label - 15, y(values[-1]) + 4)
        print(f'<text x="{x(nodes[-1]) + 8:.1f}" y="{label:.1f}" fill="{colour}">{name}</text>')
    print("</svg>")


if __name__ == "__main__":
    main()
