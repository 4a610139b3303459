# SPDX-License-Identifier: Apache-2.0
"""Gates of the compared circuits: the reader of the OpenQASM 2 that circuits.py writes, matrices, and a reference
simulator too simple to be wrong."""
import cmath
import math
import pathlib
import re
from typing import NamedTuple

import numpy as np


class Gate(NamedTuple):
    name: str
    qubits: tuple
    angles: tuple


LINE = re.compile(r"(\w+)(?:\(([^)]*)\))?\s+(.*);")


def read(path):
    """Returns: (number of qubits, list of gates)."""
    qubits, gates = 0, []
    for line in pathlib.Path(path).read_text().splitlines():
        if line.startswith(("OPENQASM", "include")):
            continue
        if line.startswith("qreg"):
            qubits = int(re.search(r"\d+", line)[0])
            continue
        name, angles, operands = LINE.fullmatch(line).groups()
        numbers = tuple(float(a) for a in angles.split(",")) if angles else ()
        gates.append(Gate(name, tuple(int(q) for q in re.findall(r"\[(\d+)\]", operands)), numbers))
    return qubits, gates


def rotation(axis, angle):
    c, s = math.cos(angle / 2), math.sin(angle / 2)
    return np.array({"rx": [[c, -1j * s], [-1j * s, c]], "ry": [[c, -s], [s, c]],
                     "rz": [[c - 1j * s, 0], [0, c + 1j * s]]}[axis], dtype=complex)


def u3(theta, phi, lam):
    c, s = math.cos(theta / 2), math.sin(theta / 2)
    return np.array([[c, -cmath.exp(1j * lam) * s], [cmath.exp(1j * phi) * s, cmath.exp(1j * (phi + lam)) * c]])


def permutation(images):
    matrix = np.zeros((len(images), len(images)), dtype=complex)
    for column, row in enumerate(images):
        matrix[row, column] = 1
    return matrix


def matrix_of(gate):
    """Matrix of a gate; its first operand is the least significant bit of row and column."""
    name, angles = gate.name, gate.angles
    if name in ("rx", "ry", "rz"):
        return rotation(name, *angles)
    if name == "u3":
        return u3(*angles)
    if name == "rzz":
        a, b = cmath.exp(-0.5j * angles[0]), cmath.exp(0.5j * angles[0])
        return np.diag([a, b, b, a])
    if name == "cu1":
        return np.diag([1, 1, 1, cmath.exp(1j * angles[0])])
    return {
        "h": np.array([[1, 1], [1, -1]], dtype=complex) / math.sqrt(2),
        "x": permutation([1, 0]),
        "cz": np.diag([1, 1, 1, -1]).astype(complex),
        "cx": permutation([0, 3, 2, 1]),
        "swap": permutation([0, 2, 1, 3]),
        "ccx": permutation([0, 1, 2, 7, 4, 5, 6, 3]),
    }[name]


def reference(qubits, gates):
    """Amplitudes after the gates on |0...0>, qubit 0 the least significant bit of the index: one tensor product per gate."""
    state = np.zeros([2] * qubits, dtype=complex)  # axis 0 is qubit n-1
    state[(0,) * qubits] = 1
    for gate in gates:
        k = len(gate.qubits)
        axes = [qubits - 1 - q for q in reversed(gate.qubits)]  # the most significant operand first
        tensor = np.asarray(matrix_of(gate)).reshape([2] * (2 * k))
        state = np.moveaxis(np.tensordot(tensor, state, axes=(range(k, 2 * k), axes)), range(k), axes)
    return state.reshape(-1)


def without_toffoli(gates):
    """The same circuit with every ccx as 6 cx and one-qubit gates, which some simulators prefer."""
    result = []
    for gate in gates:
        if gate.name != "ccx":
            result.append(gate)
            continue
        a, b, c = gate.qubits
        phase = lambda q, sign: Gate("u3", (q,), (0.0, 0.0, sign * math.pi / 4))
        cx = lambda x, y: Gate("cx", (x, y), ())
        h = Gate("h", (c,), ())
        result += [h, cx(b, c), phase(c, -1), cx(a, c), phase(c, 1), cx(b, c), phase(c, -1), cx(a, c), phase(b, 1),
                   phase(c, 1), h, cx(a, b), phase(a, 1), phase(b, -1), cx(a, b)]
    return result


def sampled_indices(qubits, count=64):
    """The indices at which amplitudes are compared: the first, the last, a fixed spread over all, and one over the lowest
    2^(n/2 + 1), where Grover's circuit has its data."""
    size = 1 << qubits
    low = min(size, 1 << (qubits // 2 + 1))
    spread = [i * 0x9E3779B97F4A7C15 >> 11 for i in range(1, count // 2)]
    return sorted({0, size - 1} | {s % size for s in spread} | {s % low for s in spread})
