# SPDX-License-Identifier: Apache-2.0
"""PennyLane Lightning's StateVector.

`package` is the wheel, driven from Python: its gate kernels run on one thread, and the time of a Python call (some
microseconds) per gate is in the figure. `threads` is native/lightning.cc over the same sources built with threaded kernels.
Timed: the calls of the gates. There is no fusing.
"""
import importlib.metadata
import time

import numpy as np

import gates as g
from runners import Run, native

NAME = "lightning"
SETTINGS = {"float": ["threads", "package"], "double": ["threads", "package"]}
NAMES = {"h": "Hadamard", "x": "PauliX", "rx": "RX", "ry": "RY", "rz": "RZ", "cx": "CNOT", "cz": "CZ",
         "cu1": "ControlledPhaseShift", "rzz": "IsingZZ", "swap": "SWAP", "ccx": "Toffoli"}


def version():
    return importlib.metadata.version("pennylane-lightning")


def call(state, gate, qubits, dtype):
    wires = [qubits - 1 - q for q in gate.qubits]
    if gate.name == "u3":
        return state.applyMatrix, (g.matrix_of(gate).astype(dtype), wires, False)
    return getattr(state, NAMES[gate.name]), (wires, False, list(gate.angles))


def run(path, precision, setting, threads, repeats, indices):
    if setting == "threads":
        return native.run([native.program("lightning"), precision], path, threads, repeats, indices)
    import pennylane_lightning.lightning_qubit_ops as ops

    qubits, gates = g.read(path)
    kind, dtype = {"float": (ops.StateVectorC64, np.complex64), "double": (ops.StateVectorC128, np.complex128)}[precision]
    state = kind(qubits)
    calls = [call(state, gate, qubits, dtype) for gate in gates]
    seconds = []
    for _ in range(repeats):
        state.resetStateVector()
        start = time.perf_counter()
        for function, arguments in calls:
            function(*arguments)
        seconds.append(time.perf_counter() - start)
    amplitudes = np.empty(1 << qubits, dtype=dtype)
    state.getState(amplitudes)
    return Run(seconds, [complex(a) for a in amplitudes[indices]])
