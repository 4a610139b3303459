# SPDX-License-Identifier: Apache-2.0
"""Qiskit Aer's state-vector method.

Timed: Aer's own `time_taken` of the experiment, less its `time_taken` of fusing, less the same figure of a circuit without
gates (allocation, |0...0>, saving the amplitudes), the least of three.
"""
import importlib.metadata
import re

import gates as g
from runners import Run

NAME = "aer"
FUSIONS = ["default", "off", "max 2", "max 3", "max 4"]
SETTINGS = {"float": FUSIONS, "double": FUSIONS}


def version():
    return importlib.metadata.version("qiskit-aer")


def translate(qubits, gates, indices):
    from qiskit import QuantumCircuit
    from qiskit.circuit import library
    import qiskit_aer.library  # adds save_amplitudes to circuits

    kinds = {"h": library.HGate, "x": library.XGate, "rx": library.RXGate, "ry": library.RYGate, "rz": library.RZGate,
             "u3": library.U3Gate, "cx": library.CXGate, "cz": library.CZGate, "cu1": library.CPhaseGate,
             "rzz": library.RZZGate, "swap": library.SwapGate, "ccx": library.CCXGate}
    circuit = QuantumCircuit(qubits)
    for gate in gates:
        circuit.append(kinds[gate.name](*gate.angles), gate.qubits)
    circuit.save_amplitudes([int(i) for i in indices])
    return circuit


def simulator(precision, setting, threads):
    from qiskit_aer import AerSimulator

    options = {"method": "statevector", "precision": {"float": "single", "double": "double"}[precision],
               "max_parallel_threads": threads, "enable_truncation": False, "fusion_enable": setting != "off"}
    width = re.search(r"\d", setting)
    if width:
        options["fusion_max_qubit"] = int(width[0])
    return AerSimulator(**options)


def gate_seconds(sim, circuit):
    result = sim.run(circuit, shots=1).result()
    if not result.success:
        raise RuntimeError(f"Aer: {result.status}")
    entry = result.results[0]
    fusion = entry.metadata.get("fusion", {}).get("time_taken", 0.0)
    return entry.metadata["time_taken"] - fusion, result.data(0)["amplitudes"]


def run(path, precision, setting, threads, repeats, indices):
    qubits, gates = g.read(path)
    sim = simulator(precision, setting, threads)
    empty = translate(qubits, [], indices)
    overhead = min(gate_seconds(sim, empty)[0] for _ in range(3))
    circuit = translate(qubits, gates, indices)
    seconds, amplitudes = [], None
    for _ in range(repeats):
        elapsed, amplitudes = gate_seconds(sim, circuit)
        seconds.append(max(elapsed - overhead, 1e-9))
    return Run(seconds, [complex(a) for a in amplitudes], f"{overhead:.4f} s without gates taken off")
