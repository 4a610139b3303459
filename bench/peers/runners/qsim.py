# SPDX-License-Identifier: Apache-2.0
"""qsim from the package qsimcirq, single precision.

Timed: qsim's own `simu time`, the loop over fused gates; fusing, allocation and the copy to NumPy are outside it. The
circuit goes straight into qsim's own Circuit (as its Cirq front end does), every gate as a matrix: qsim makes a matrix of
every gate before it fuses.
"""
import ctypes
import importlib.metadata
import os
import re
import tempfile

import numpy as np

import gates as g
from runners import Run

NAME = "qsim"
SETTINGS = {"float": ["fuse 2", "fuse 3", "fuse 4", "fuse 3, ccx split"], "double": []}


def version():
    return importlib.metadata.version("qsimcirq")


def module():
    import qsimcirq

    return qsimcirq.QSimSimulator()._sim_module


def translate(qsim, qubits, gates):
    circuit = qsim.Circuit()
    circuit.num_qubits = qubits
    free = [0] * qubits  # the first moment at which a qubit is idle
    moments = []
    for gate in gates:
        moment = max(free[q] for q in gate.qubits)
        for q in gate.qubits:
            free[q] = moment + 1
        moments.append((moment, gate))
    for moment, gate in sorted(moments, key=lambda pair: pair[0]):  # qsim wants them in order of time
        if gate.name == "ccx":
            qsim.add_gate(qsim.kCCX, moment, list(gate.qubits), {}, circuit)
            continue
        entries = [part for entry in np.asarray(g.matrix_of(gate)).flat for part in (entry.real, entry.imag)]
        qsim.add_matrix_gate(moment, list(reversed(gate.qubits)), entries, circuit)
    return circuit


class CapturedOutput:
    """What C code prints to standard output inside `with`."""

    def __enter__(self):
        self.libc = ctypes.CDLL(None)
        self.file = tempfile.TemporaryFile()
        self.saved = os.dup(1)
        os.dup2(self.file.fileno(), 1)
        return self

    def __exit__(self, *_):
        self.libc.fflush(None)
        os.dup2(self.saved, 1)
        os.close(self.saved)
        self.file.seek(0)
        self.text = self.file.read().decode()


def run(path, precision, setting, threads, repeats, indices):
    qsim = module()
    qubits, gates = g.read(path)
    if setting.endswith("split"):
        gates = g.without_toffoli(gates)
    options = {"c": translate(qsim, qubits, gates), "t": threads, "f": int(re.search(r"\d", setting)[0]), "r": 1, "g": False,
               "gmode": 0, "gsst": 512, "gdb": 16, "v": 3, "z": True, "s": 1, "n": 1}
    seconds, state = [], None
    for _ in range(repeats):
        state = None
        with CapturedOutput() as output:
            state = qsim.qsim_simulate_fullstate(options, 0)
        seconds.append(float(re.search(r"simu time is (\S+) seconds", output.text)[1]))
    fused = re.search(r"fused into (\d+)", output.text)
    amplitudes = state.view(np.complex64)[indices]
    return Run(seconds, [complex(a) for a in amplitudes], f"{fused[1]} fused gates" if fused else "")
