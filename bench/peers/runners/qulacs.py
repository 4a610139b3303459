# SPDX-License-Identifier: Apache-2.0
"""Qulacs, double precision only.

Timed: QuantumCircuit.update_quantum_state on a state in |0...0>; building and optimizing the circuit are outside. A
controlled phase is a matrix gate with a control (faster than a diagonal gate), RZZ a diagonal gate (faster than a Pauli
rotation); H, X, rotations, CX, CZ, SWAP, TOFFOLI are Qulacs's own gates.
"""
import importlib.metadata
import time

import numpy as np

import gates as g
from runners import Run

NAME = "qulacs"
SETTINGS = {"float": [], "double": ["unfused", "light", "block 2", "block 3", "light, ccx split"]}


def version():
    return importlib.metadata.version("qulacs")


def translate(gate):
    from qulacs import gate as q

    name, qubits, angles = gate
    if name == "cu1":
        phase = q.to_matrix_gate(q.U1(qubits[1], angles[0]))
        phase.add_control_qubit(qubits[0], 1)
        return phase
    if name == "rzz":
        return q.DiagonalMatrix(list(qubits), np.diag(g.matrix_of(gate)))
    if name in ("rx", "ry", "rz"):  # RX(a) of Qulacs is exp(+i a/2 X)
        return {"rx": q.RX, "ry": q.RY, "rz": q.RZ}[name](qubits[0], -angles[0])
    if name == "u3":
        return q.U3(qubits[0], *angles)
    return {"h": q.H, "x": q.X, "cx": q.CNOT, "cz": q.CZ, "swap": q.SWAP, "ccx": q.TOFFOLI}[name](*qubits)


def run(path, precision, setting, threads, repeats, indices):
    import qulacs
    from qulacs.circuit import QuantumCircuitOptimizer

    qubits, gates = g.read(path)
    if setting.endswith("split"):
        gates = g.without_toffoli(gates)
    circuit = qulacs.QuantumCircuit(qubits)
    for gate in gates:
        circuit.add_gate(translate(gate))
    if setting.startswith("light"):
        QuantumCircuitOptimizer().optimize_light(circuit)
    elif setting.startswith("block"):
        QuantumCircuitOptimizer().optimize(circuit, int(setting.split()[1]))
    seconds = []
    state = qulacs.QuantumState(qubits)
    for _ in range(repeats):
        state.set_zero_state()
        start = time.perf_counter()
        circuit.update_quantum_state(state)
        seconds.append(time.perf_counter() - start)
    amplitudes = [complex(state.get_amplitude(int(i))) for i in indices]
    return Run(seconds, amplitudes, f"{circuit.get_gate_count()} gates after fusing")
