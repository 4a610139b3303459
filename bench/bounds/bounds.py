#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bell pairs under hard limits: how many communication qubits a QPU has, how many gates a stored copy may serve.

    bench/bounds/bounds.py PATH_OF_CARILLON [FOLDER]

Compiles QFT-64, QAOA-64 and a 64-qubit ripple-carry adder for four QPUs, every result proved equal to its source by
the validator, and writes results.md and bounds.svg into FOLDER (this folder by default). Model `physical`: pairs of the
program itself. Homes do not move, so that every data qubit is taken (16 per QPU) and only limits differ.
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

COMM = [1, 2, 3, 4, 6, 8, 12, 16, 32, 64]
COPY_GATES = [0, 10, 5, 3, 1]  # 0: any number
NETWORKS = ["full:4,qubits=16", "grid:2x2,qubits=16"]


def qft(n):
    lines = [f"qreg q[{n}];"]
    for i in range(n):
        lines.append(f"h q[{i}];")
        lines += [f"cu1(pi/{2 ** (j - i)}) q[{j}],q[{i}];" for j in range(i + 1, n)]
    return lines


def qaoa(n):
    """One layer on a random graph, every edge with probability 0.5 (seed 7)."""
    rng = random.Random(7)
    lines = [f"qreg q[{n}];"] + [f"h q[{i}];" for i in range(n)]
    lines += [f"rzz(0.7) q[{i}],q[{j}];" for i in range(n) for j in range(i + 1, n) if rng.random() < 0.5]
    return lines + [f"rx(0.4) q[{i}];" for i in range(n)]


def adder(n):
    """Ripple-carry (Cuccaro et al., quant-ph/0410184): two numbers of (n - 2) / 2 bits, interleaved, Toffolis in CX and T."""
    lines = [f"qreg q[{n}];"]

    def toffoli(a, b, c):
        for gate in (f"h q[{c}]", f"cx q[{b}],q[{c}]", f"tdg q[{c}]", f"cx q[{a}],q[{c}]", f"t q[{c}]", f"cx q[{b}],q[{c}]",
                     f"tdg q[{c}]", f"cx q[{a}],q[{c}]", f"t q[{b}]", f"t q[{c}]", f"h q[{c}]", f"cx q[{a}],q[{b}]",
                     f"t q[{a}]", f"tdg q[{b}]", f"cx q[{a}],q[{b}]"):
            lines.append(gate + ";")

    bits = (n - 2) // 2
    a = [2 * i + 2 for i in range(bits)]
    b = [2 * i + 1 for i in range(bits)]
    carry = [0] + a[:-1]
    for i in range(bits):
        lines += [f"cx q[{a[i]}],q[{b[i]}];", f"cx q[{a[i]}],q[{carry[i]}];"]
        toffoli(carry[i], b[i], a[i])
    lines.append(f"cx q[{a[-1]}],q[{n - 1}];")
    for i in reversed(range(bits)):
        toffoli(carry[i], b[i], a[i])
        lines += [f"cx q[{a[i]}],q[{carry[i]}];", f"cx q[{carry[i]}],q[{b[i]}];"]
    return lines


PROGRAMS = {"QFT-64": qft(64), "QAOA-64": qaoa(64), "adder-64": adder(64)}


def pairs(carillon, program, network, comm, copy_gates):
    command = [carillon, "compile", program, "-n", network, "--comm", str(comm), "--no-moves", "-q", "--save", program + ".json"]
    if copy_gates:
        command += ["--copy-gates", str(copy_gates)]
    start = time.time()
    done = subprocess.run(command, capture_output=True, text=True)  # the validator's refusal is an error
    if done.returncode:
        return None, done.stderr.strip(), time.time() - start
    return len(json.loads(pathlib.Path(program + ".json").read_text())["pairs"]), "", time.time() - start


def curve_svg(curves):
    """Pairs over communication qubits, both axes logarithmic."""
    import math
    width, height, left, bottom = 760, 420, 60, 50
    values = [v for curve in curves.values() for v in curve if v]
    low, high = math.log(min(values) * 0.9), math.log(max(values) * 1.1)
    x = lambda c: left + (width - left - 190) * math.log(c) / math.log(COMM[-1])
    y = lambda v: height - bottom - (height - bottom - 20) * (math.log(v) - low) / (high - low)
    colours = ["#1b6ca8", "#c8553d", "#3a7d44"]
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for c in COMM:
        out.append(f'<line x1="{x(c):.1f}" x2="{x(c):.1f}" y1="20" y2="{height - bottom}" stroke="#eee"/>'
                   f'<text x="{x(c):.1f}" y="{height - bottom + 16}" text-anchor="middle">{c}</text>')
    tick = 10 ** math.floor(low / math.log(10))
    while math.log(tick) < high:
        for v in (tick, 2 * tick, 5 * tick):
            if low <= math.log(v) <= high:
                out.append(f'<line x1="{left}" x2="{width - 190}" y1="{y(v):.1f}" y2="{y(v):.1f}" stroke="#eee"/>'
                           f'<text x="{left - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{v}</text>')
        tick *= 10
    for k, ((program, network), curve) in enumerate(curves.items()):
        colour, dash = colours[list(PROGRAMS).index(program)], ' stroke-dasharray="6 4"' if network.startswith("grid") else ""
        points = [(x(c), y(v)) for c, v in zip(COMM, curve) if v]
        out.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2"{dash} points="' +
                   " ".join(f"{a:.1f},{b:.1f}" for a, b in points) + '"/>')
        out += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points]
        legend = 40 + 20 * k
        out.append(f'<line x1="{width - 175}" x2="{width - 145}" y1="{legend}" y2="{legend}" stroke="{colour}" stroke-width="2"{dash}/>'
                   f'<text x="{width - 140}" y="{legend + 4}">{program}, {network.split(",")[0]}</text>')
    out.append(f'<text x="{(left + width - 190) / 2}" y="{height - 12}" text-anchor="middle">communication qubits per QPU</text>'
               f'<text x="16" y="{height / 2}" text-anchor="middle" transform="rotate(-90 16 {height / 2})">Bell pairs (model physical)</text></svg>')
    return "\n".join(out) + "\n"


def write_results(folder, curves, lifetimes, notes):
    cell = lambda v: str(v) if v is not None else "-"
    text = ["# Pairs under hard limits", "",
            "Bell pairs of the program (model `physical`); every program was proved equal to its source. Four QPUs of 16 data qubits,",
            "homes fixed in time, normal effort. Made by `bench/bounds/bounds.py build/release/apps/carillon`.", "",
            "## Communication qubits per QPU", "", "![pairs over communication qubits](bounds.svg)", "",
            "| program | network | " + " | ".join(map(str, COMM)) + " |", "|---|---|" + "---|" * len(COMM)]
    text += [f"| {p} | {n.split(',')[0]} | " + " | ".join(map(cell, row)) + " |" for (p, n), row in curves.items()]
    text += ["", "## Gates that one copy may serve (64 communication qubits)", "",
             "The lifetime of a stored pair, counted in gates: a copy that has served so many is closed and paid for again.", "",
             "| program | network | any | " + " | ".join(map(str, COPY_GATES[1:])) + " |", "|---|---|" + "---|" * len(COPY_GATES)]
    text += [f"| {p} | {n.split(',')[0]} | " + " | ".join(map(cell, row)) + " |" for (p, n), row in lifetimes.items()]
    text += [""] + [f"- {note}" for note in notes]
    (folder / "results.md").write_text("\n".join(text).rstrip() + "\n")
    (folder / "bounds.svg").write_text(curve_svg(curves))


def main():
    carillon = str(pathlib.Path(sys.argv[1]).resolve())
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else __file__).resolve()
    folder = folder if folder.is_dir() else folder.parent
    curves, lifetimes, seconds, notes = {}, {}, 0.0, []
    with tempfile.TemporaryDirectory() as scratch:
        for name, lines in PROGRAMS.items():
            program = str(pathlib.Path(scratch) / (name + ".qasm"))
            pathlib.Path(program).write_text("\n".join(['OPENQASM 2.0;', 'include "qelib1.inc";'] + lines) + "\n")
            for network in NETWORKS:
                def row(settings):
                    nonlocal seconds
                    found = []
                    for comm, gates in settings:
                        count, error, wall = pairs(carillon, program, network, comm, gates)
                        seconds += wall
                        found.append(count)
                        if error:
                            notes.append(f"{name}, {network}, {comm} communication qubits: {error}")
                    return found
                curves[name, network] = row([(c, 0) for c in COMM])
                lifetimes[name, network] = row([(64, g) for g in COPY_GATES])
                print(name, network, curves[name, network], lifetimes[name, network], flush=True)
                write_results(folder, curves, lifetimes, notes)
    print(f"{seconds:.0f} s")


if __name__ == "__main__":
    main()
