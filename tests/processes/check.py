#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs examples on one whole state and by real processes, and compares outcomes, messages and pairs.

    check.py FOLDER_OF_CARILLON

Exits with 77 (skipped) where there is no mpirun, or carillon was built without MPI.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent.parent
carillon = pathlib.Path(sys.argv[1]) / "carillon"
environment = {k: v for k, v in os.environ.items() if not k.startswith("CARILLON_")}
CASES = [("teleport", "line:3", 8, 1), ("ghz", "full:3", 1000, 1), ("adder", "full:3", 50, 2),
         ("qft", "line:4", 300, 1), ("grover", "ring:4", 200, 1), ("repeat_until_success", "full:2", 4, 2)]


def run(*arguments):
    return subprocess.run([carillon, "run", *arguments], env=environment, text=True, timeout=120,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


if shutil.which("mpirun") is None:
    print("skipped: no mpirun")
    sys.exit(77)
failures = 0


def expect(what, found, expected):
    global failures
    if found != expected:
        failures += 1
        print(f"{name} on {network}: {what}: {found}, expected {expected}")


for name, network, shots, holders in CASES:
    options = [str(root / "examples" / f"{name}.qasm"), "-n", network, "--shots", str(shots), "--seed", "5",
               "--verify", "off", "--json", "-q"]
    done = run(*options, "--processes", "--qubit-ranks", str(holders))
    if "without MPI" in done.stderr:
        print("skipped: built without MPI")
        sys.exit(77)
    if done.returncode:
        sys.exit(f"{name} on {network}: exit {done.returncode}\n{done.stderr}")
    by_processes, whole = json.loads(done.stdout), json.loads(run(*options).stdout)
    expect("counts", by_processes["counts"], whole["counts"])
    processes = by_processes["processes"]
    ids = {p["process_id"] for p in processes["controllers"] + processes["holders"]}
    expect("processes", len(ids), int(network[-1]) + holders)
    if processes["as_predicted"] is None:  # what is sent depends on outcomes
        continue
    expect("prediction", processes["as_predicted"], True)
    expect("bits", sum(t["bits"] for t in processes["traffic"]), processes["runs"] * whole["classical_bits"])
    expect("pairs", {p["link"]: p["pairs"] for p in processes["pairs_by_link"]},
           {l["link"]: processes["runs"] * l["pairs"] for l in whole["pairs"]["by_link"]})
sys.exit(failures > 0)
