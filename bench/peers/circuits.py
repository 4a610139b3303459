#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the circuits of the comparison as OpenQASM 2 files.

    circuits.py FOLDER --qubits 20 22 [--families qft grover ...] [--scrambled]

The same arguments give the same bytes. Only gates that every simulator compared knows are used: h x rx ry rz u3 cx cz
cu1 rzz swap ccx. `--scrambled` puts random one-qubit gates first: amplitudes then have no symmetry that could hide an
error, which the check against the reference wants; the measured circuits go without.
"""
import argparse
import math
import pathlib
import random


class Program:
    """Gate lines of one circuit."""

    def __init__(self, qubits):
        self.qubits = qubits
        self.lines = []

    def add(self, name, *operands, angles=()):
        arguments = "(" + ",".join(f"{a:.17g}" for a in angles) + ")" if angles else ""
        self.lines.append(f"{name}{arguments} " + ",".join(f"q[{q}]" for q in operands) + ";")

    def text(self):
        head = ["OPENQASM 2.0;", 'include "qelib1.inc";', f"qreg q[{self.qubits}];"]
        return "\n".join(head + self.lines) + "\n"


def haar_u3(rng):
    """Angles of a one-qubit gate drawn from the Haar measure, up to phase."""
    return (math.acos(1 - 2 * rng.random()), rng.uniform(0, 2 * math.pi), rng.uniform(0, 2 * math.pi))


def qft(program, rng):
    """Fourier transform of a random basis state (so that the phases of the result are known), final swaps included."""
    n = program.qubits
    for q in range(n):
        if rng.random() < 0.5:
            program.add("x", q)
    for q in reversed(range(n)):
        program.add("h", q)
        for c in reversed(range(q)):
            program.add("cu1", c, q, angles=[math.pi / 2 ** (q - c)])
    for q in range(n // 2):
        program.add("swap", q, n - 1 - q)


def brickwork(program, rng, entangler, layers=20):
    """Layers of a Haar random gate on every qubit and an entangler on neighbours, even and odd pairs in turn."""
    for layer in range(layers):
        for q in range(program.qubits):
            program.add("u3", q, angles=haar_u3(rng))
        for q in range(layer % 2, program.qubits - 1, 2):
            program.add(entangler, q, q + 1)


def three_regular(n, rng):
    """Edges of a random graph in which every vertex has degree 3 (one has 2 when n is odd)."""
    while True:
        stubs = [v for v in range(n) for _ in range(3)]
        rng.shuffle(stubs)
        if len(stubs) % 2:
            stubs.pop()
        edges = {tuple(sorted(stubs[i : i + 2])) for i in range(0, len(stubs), 2)}
        if len(edges) == len(stubs) // 2 and all(a != b for a, b in edges):
            return sorted(edges)


def qaoa(program, rng, depth=4):
    """MaxCut ansatz: RZZ on the edges of a random 3-regular graph, RX on every qubit."""
    edges = three_regular(program.qubits, rng)
    for q in range(program.qubits):
        program.add("h", q)
    for _ in range(depth):
        gamma, beta = rng.uniform(0.2, 1.2), rng.uniform(0.2, 1.2)
        for a, b in edges:
            program.add("rzz", a, b, angles=[gamma])
        for q in range(program.qubits):
            program.add("rx", q, angles=[beta])


def ghz(program, rng):
    """H and a chain of CX."""
    program.add("h", 0)
    for q in range(program.qubits - 1):
        program.add("cx", q, q + 1)


def grover(program, rng, iterations=3):
    """Search for one marked word; a phase on |1...1> is a chain of Toffolis into ancillas, a Z or CZ, and the chain back."""
    n = program.qubits
    words = (n + 2) // 2  # data qubits 0 .. words-1; the rest are ancillas, all used
    ancillas = list(range(words, n))
    marked = rng.getrandbits(words)

    def phase_on_ones():
        chain = []
        previous = 0
        for k, ancilla in enumerate(ancillas):
            chain.append((previous, k + 1, ancilla))
            previous = ancilla
        for step in chain:
            program.add("ccx", *step)
        if len(chain) == words - 1:
            program.add("rz", previous, angles=[math.pi])  # Z up to a global phase
        else:
            program.add("cz", previous, words - 1)
        for step in reversed(chain):
            program.add("ccx", *step)

    for q in range(words):
        program.add("h", q)
    for _ in range(iterations):
        zeros = [q for q in range(words) if not marked >> q & 1]
        for q in zeros:
            program.add("x", q)
        phase_on_ones()
        for q in zeros:
            program.add("x", q)
        for gate in ("h", "x"):
            for q in range(words):
                program.add(gate, q)
        phase_on_ones()
        for gate in ("x", "h"):
            for q in range(words):
                program.add(gate, q)


def volume(program, rng):
    """Quantum volume: n layers of two-qubit blocks on random pairs, each block three CX between Haar one-qubit gates and
    rotations (Vatan and Williams, quant-ph/0308006) with uniform angles."""
    n = program.qubits
    for _ in range(n):
        order = list(range(n))
        rng.shuffle(order)
        for a, b in zip(order[0::2], order[1::2]):
            for q in (a, b):
                program.add("u3", q, angles=haar_u3(rng))
            program.add("cx", b, a)
            program.add("rz", a, angles=[rng.uniform(0, 2 * math.pi)])
            program.add("ry", b, angles=[rng.uniform(0, 2 * math.pi)])
            program.add("cx", a, b)
            program.add("ry", b, angles=[rng.uniform(0, 2 * math.pi)])
            program.add("cx", b, a)
            for q in (a, b):
                program.add("u3", q, angles=haar_u3(rng))


def adder(program, rng):
    """Ripple-carry adder (Cuccaro et al., quant-ph/0410184) on unevenly superposed numbers; b becomes a + b. The carry out
    has a qubit of its own when n is even."""
    n = program.qubits
    bits = (n - 1) // 2
    carry_in, b, a = 0, [2 * i + 1 for i in range(bits)], [2 * i + 2 for i in range(bits)]
    for q in [carry_in] + a + b:
        program.add("ry", q, angles=[rng.uniform(0.3, 2.8)])
    below = [carry_in] + a[:-1]
    for c, y, x in zip(below, b, a):
        program.add("cx", x, y)
        program.add("cx", x, c)
        program.add("ccx", c, y, x)
    if n % 2 == 0:
        program.add("cx", a[-1], n - 1)
    for c, y, x in reversed(list(zip(below, b, a))):
        program.add("ccx", c, y, x)
        program.add("cx", x, c)
        program.add("cx", c, y)


FAMILIES = {
    "qft": qft,
    "rcz": lambda program, rng: brickwork(program, rng, "cz"),
    "rcx": lambda program, rng: brickwork(program, rng, "cx"),
    "qaoa": qaoa,
    "ghz": ghz,
    "grover": grover,
    "volume": volume,
    "adder": adder,
}


def write(folder, family, qubits, scrambled=False):
    """Writes one circuit. Returns: its path."""
    name = f"{family}{qubits}" + ("s" if scrambled else "")
    rng = random.Random(name)  # seeds by the text's SHA-512, the same everywhere
    program = Program(qubits)
    if scrambled:
        for q in range(qubits):
            program.add("u3", q, angles=haar_u3(rng))
    FAMILIES[family](program, rng)
    path = pathlib.Path(folder) / f"{name}.qasm"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(program.text())
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--qubits", type=int, nargs="+", required=True)
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=list(FAMILIES))
    parser.add_argument("--scrambled", action="store_true")
    arguments = parser.parse_args()
    for qubits in arguments.qubits:
        for family in arguments.families:
            print(write(arguments.folder, family, qubits, arguments.scrambled))


if __name__ == "__main__":
    main()
