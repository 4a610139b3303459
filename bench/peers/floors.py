#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How far each circuit is from what this machine could do at best: its passes over memory at the bandwidth of a copy,
and its arithmetic at the rate of a matrix product.

    floors.py FOLDER [--qubits N] [--precision float|double] [--runs N]

FOLDER has carillon_bench_statevector and carillon_bench_bandwidth. Prints a table in Markdown. The arithmetic is what
the plan does, so that a better plan lowers the floor as well.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import circuits
import machine
import numpy


def matrix_product_flops(precision):
    """Floating-point operations a second of the best of some large matrix products, on all cores."""
    size = 3072
    kind = numpy.float32 if precision == "float" else numpy.float64
    a, b = numpy.ones((size, size), kind), numpy.ones((size, size), kind)
    best = float("inf")
    for _ in range(6):
        begin = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - begin)
    return 2 * size**3 / best


def measure(folder, path, precision, runs):
    text = subprocess.run([folder / "carillon_bench_statevector", path, "--precision", precision, "--repeats", str(runs),
                           "--json"], check=True, capture_output=True, text=True).stdout
    return json.loads(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--qubits", type=int, default=24)
    parser.add_argument("--precision", choices=("float", "double"), default="float")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    state_mib = (8 if options.precision == "float" else 16) << options.qubits >> 20
    rate = 1e9 * machine.bandwidth(options.folder / "carillon_bench_bandwidth", state_mib, 2)
    flops = matrix_product_flops(options.precision)
    print(f"{options.qubits} qubits, {options.precision}: a copy moves {rate / 1e9:.0f} GB/s, a matrix product does "
          f"{flops / 1e9:.0f} Gflop/s.\n")
    print("| circuit | passes | GB moved | s at that rate | Gflop | s at that rate | s measured | over the larger |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for family in circuits.FAMILIES:
            path = circuits.write(pathlib.Path(folder), family, options.qubits)
            r = measure(options.folder, path, options.precision, options.runs)
            seconds = statistics.median(r["seconds"])
            moving, computing = r["moved_bytes"] / rate, r["flops"] / flops
            print(f"| {family}{options.qubits} | {r['passes']} | {r['moved_bytes'] / 1e9:.2f} | {moving:.4f} "
                  f"| {r['flops'] / 1e9:.1f} | {computing:.4f} | {seconds:.4f} "
                  f"| {seconds / max(moving, computing):.1f} |")


if __name__ == "__main__":
    main()
