#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times of whole runs of `carillon simulate`: distributed programs beside their source, dynamic programs, many shots.

    shots.py CARILLON [--aer PYTHON] [--runs N] > results.md

PYTHON is an interpreter that has qiskit and qiskit-aer; without it Aer is left out. Seconds are of the whole command,
reading included, the median of N runs taken in turn; those of Aer are its own figure for the run.
"""
import argparse
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

AER = """
import sys, time
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
circuit = QuantumCircuit.from_qasm_file(sys.argv[1])
best = None
for setting in ({}, {"fusion_max_qubit": 2}, {"fusion_enable": False}):
    result = AerSimulator(method="statevector", **setting).run(circuit, shots=1000, seed_simulator=1).result()
    best = min(best or result.time_taken, result.time_taken)
print(best)
"""


def u3(rng, q):
    return f"u3({rng.random() * 3},{rng.random() * 6},{rng.random() * 6}) q[{q}];"


def head(n, *registers):
    return ["OPENQASM 2.0;", 'include "qelib1.inc";', f"qreg q[{n}];", *registers]


def fourier(n):
    rng = random.Random(1)
    lines = head(n, f"creg c[{n}];") + [u3(rng, q) for q in range(n)]
    for i in range(n):
        lines.append(f"h q[{i}];")
        lines += [f"cu1(pi/{2 ** (j - i)}) q[{j}],q[{i}];" for j in range(i + 1, n)]
    lines += [f"swap q[{i}],q[{n - 1 - i}];" for i in range(n // 2)]
    return "\n".join(lines + ["measure q -> c;"]) + "\n"


def layers(rng, n, depth):
    lines = []
    for d in range(depth):
        lines += [u3(rng, q) for q in range(n)]
        lines += [f"cx q[{q}],q[{q + 1}];" for q in range(d % 2, n - 1, 2)]
    return lines


def dynamic(n):
    rng = random.Random(5)
    lines = head(n, "creg m[2];", "creg k[2];", f"creg c[{n}];")
    for register in "mk":
        lines += layers(rng, n, 6)
        lines += [f"measure q[0] -> {register}[0];", f"measure q[1] -> {register}[1];"]
        lines += [f"if({register}==1) x q[2];", f"if({register}==2) h q[3];", "reset q[0];"]
    return "\n".join(lines + layers(rng, n, 6) + ["measure q -> c;"]) + "\n"


def random_state(n):
    lines = head(n, f"creg c[{n}];") + layers(random.Random(2), n, 20)
    return "\n".join(lines + ["measure q -> c;"]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("carillon", type=pathlib.Path)
    parser.add_argument("--aer", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    carillon = str(options.carillon.resolve())
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, text in (("qft20", fourier(20)), ("dynamic16", dynamic(16)), ("random24", random_state(24))):
            (folder / f"{name}.qasm").write_text(text)
        for comm in (1, 20):
            subprocess.run([carillon, "compile", "qft20.qasm", "-n", f"full:4,comm={comm}", "--save", f"qft20_{comm}.json", "-q"],
                           cwd=folder, check=True, stdout=subprocess.DEVNULL)
        simulate = {
            "Fourier transform of 20 qubits, 100 shots": ["qft20.qasm", "--shots", "100"],
            "the same over four QPUs, 20 communication qubits each": ["qft20_20.json", "--shots", "100"],
            "the same over four QPUs, 1 communication qubit each": ["qft20_1.json", "--shots", "100"],
            "that one, `--physical`, one shot": ["qft20_1.json", "--shots", "1", "--physical"],
            "16 qubits, measured and reset twice on the way, 1,000 shots": ["dynamic16.qasm", "--shots", "1000"],
            "24 qubits, 20 layers, float, one shot": ["random24.qasm", "--precision", "float", "--shots", "1"],
            "24 qubits, 20 layers, float, 100,000,000 shots": ["random24.qasm", "--precision", "float", "--shots", "100000000"],
            "24 qubits, 20 layers, double, 100,000,000 shots": ["random24.qasm", "--shots", "100000000"],
        }
        seconds = {name: [] for name in simulate}
        for _ in range(options.runs):
            for name, arguments in simulate.items():
                start = time.perf_counter()
                subprocess.run([carillon, "simulate", *arguments, "-q"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
                seconds[name].append(time.perf_counter() - start)
        print("# Whole runs of `simulate`\n\nWritten by `bench/shots/shots.py`; its head says what is timed.\n")
        print("| run | median s | least s |\n|---|---|---|")
        for name, values in seconds.items():
            print(f"| {name} | {statistics.median(values):.3f} | {min(values):.3f} |")
        if options.aer:
            best = subprocess.run([options.aer, "-c", AER, "dynamic16.qasm"], cwd=folder, check=True, capture_output=True, text=True)
            print(f"| the dynamic program in Aer (statevector), the best of three fusion settings | {float(best.stdout):.1f} | |")


if __name__ == "__main__":
    main()
