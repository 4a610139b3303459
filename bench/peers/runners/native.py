# SPDX-License-Identifier: Apache-2.0
"""Runs the programs of native/, whose simulators have no package that can be timed from Python."""
import os
import pathlib
import subprocess
import tempfile

import gates as g
from runners import Run, Unavailable


def program(name):
    folder = os.environ.get("CARILLON_PEERS_BUILD", "")
    path = pathlib.Path(folder) / name
    if not folder or not path.exists():
        raise Unavailable(f"no program {name} in CARILLON_PEERS_BUILD ({folder or 'unset'}); see `peers.py prepare`")
    return path


def request_text(path, repeats, indices):
    qubits, gates = g.read(path)
    lines = [f"{qubits} {repeats}", " ".join(str(i) for i in indices)]
    for gate in gates:
        numbers = [*gate.qubits, *(f"{a:.17g}" for a in gate.angles)]
        lines.append(f"{gate.name} {len(gate.qubits)} " + " ".join(str(x) for x in numbers))
    return "\n".join(lines) + "\n"


def run(command, path, threads, repeats, indices):
    with tempfile.NamedTemporaryFile("w", suffix=".gates") as file:
        file.write(request_text(path, repeats, indices))
        file.flush()
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
        output = subprocess.run([command[0], file.name, *command[1:]], env=environment, check=True, capture_output=True,
                                text=True).stdout
    lines = [line.split() for line in output.splitlines()]
    return Run([float(line[1]) for line in lines if line[0] == "seconds"],
               [complex(float(line[1]), float(line[2])) for line in lines if line[0] == "amplitude"])
