# SPDX-License-Identifier: Apache-2.0
"""Carillon's engine through carillon_bench_statevector. Timed: planning and applying the gates to a state in |0...0>."""
import json
import os
import pathlib
import subprocess

from runners import Run, Unavailable

NAME = "carillon"
SETTINGS = {"float": ["planned"], "double": ["planned"]}


def program():
    path = pathlib.Path(os.environ.get("CARILLON_BENCH_STATEVECTOR", ""))
    if not path.is_file():
        raise Unavailable("CARILLON_BENCH_STATEVECTOR must name the program carillon_bench_statevector")
    return path


def version():
    commit = subprocess.run(["git", "-C", pathlib.Path(__file__).parent, "describe", "--always", "--dirty"],
                            capture_output=True, text=True).stdout.strip()
    return commit or "unknown"


def run(path, precision, setting, threads, repeats, indices):
    command = [program(), path, "--precision", precision, "--threads", str(threads), "--repeats", str(repeats), "--json",
               "--amplitudes", *(str(i) for i in indices)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(result.stderr.strip())
    reply = json.loads(result.stdout)
    return Run(reply["seconds"], [complex(*a) for a in reply["amplitudes"]], f"{reply['passes']} passes",
               {"passes": reply["passes"], "bytes": reply["bytes"]})
