#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs programs on the ranks of a real Slurm (cluster.py) and compares how they end and what they say.

    check.py RANKS_PROGRAM CARILLON
"""
import os
import pathlib
import re
import sys
import tempfile

from cluster import Cluster, missing

examples = pathlib.Path(__file__).resolve().parent.parent.parent / "examples"
ranks, carillon = (str(pathlib.Path(p).resolve()) for p in sys.argv[1:3])
state = ["simulate", str(examples / "ghz.qasm"), "--shots", "10", "--seed", "1", "--json"]
mpirun = ["mpirun", "--allow-run-as-root", "--oversubscribe"]
once = r'\A\{\n(.*\n)*\}\n\Z'

# what: command, exit code, pattern of standard output, pattern of standard error
CASES = {
    "srun starts one task": (["srun", "-n", "1", carillon, *state], 0, once, None),
    "srun with PMIx connects ranks of a node": (
        ["srun", "--mpi=pmix", "-N", "1", "-n", "2", ranks, "conform", "20000"], 0, "2 ranks of .* on one node conform", None),
    "srun with PMIx prints once": (["srun", "--mpi=pmix", "-N", "1", "-n", "3", carillon, *state], 0, once, None),
    "mpirun in an allocation spans its nodes": (
        ["salloc", "-Q", "-N", "2", "-n", "4", *mpirun, "-n", "4", ranks, "conform", "20000"], 0,
        "4 ranks of .* on 2 nodes conform", None),
    # mpirun's own daemons, one of which Slurm starts on each node, do not end when a rank was killed: here mpirun does
    # without them.
    "a killed rank of mpirun's is survived": (
        ["salloc", "-Q", "-N", "1", "-n", "3", *mpirun, "--mca", "plm", "isolated", "--mca", "ras", "^slurm",
         "--enable-recovery", "-n", "3", ranks, "kill", "1@3"], 0, "2 of 3 ranks did the work", None),
    "srun ends a step when a rank is killed": (
        ["srun", "--mpi=pmix", "-N", "1", "-n", "3", ranks, "kill", "pause=100", "1@3"], 137, None, "rank 0: rank 1 lost"),
    "tasks without PMIx are told what to do": (
        ["srun", "-N", "1", "-n", "2", carillon, *state], 1, None, "use srun --mpi=pmix or mpirun"),
    "tasks that have nothing to do with each other": (
        ["srun", "-N", "1", "-n", "2", "--export=ALL,CARILLON_MPI=off", carillon, *state[:-1]], 0, "(outcome(.*\n)*){2}", None),
    "a wrong program is one error": (
        ["srun", "--mpi=pmix", "-N", "1", "-n", "2", carillon, "simulate", "none.qasm"], 2, None, "(?s)^(?!.*none.*none).*none"),
}


def batch(cluster):
    """A job script, as on a large machine."""
    script = cluster.folder / "job.sh"
    script.write_text(f"#!/bin/bash\n#SBATCH -N 1 -n 2 -o {cluster.folder}/job.out\n{carillon} {' '.join(state[:-1])}\n"
                      f"srun --mpi=pmix {ranks} conform 1000\n")
    done = cluster.run(["sbatch", "--wait", "--parsable", str(script)], timeout=90)
    text = (cluster.folder / "job.out").read_text()
    good = done.returncode == 0 and text.count("outcome") == 1 and "2 ranks of" in text
    return None if good else f"a batch job: exit code {done.returncode}\n{text}\n{done.stderr}"


def check(cluster, what, command, code, out, err):
    done = cluster.run(command)
    faults = []
    if done.returncode != code:
        faults.append(f"exit code {done.returncode}, expected {code}")
    for title, text, pattern in (("standard output", done.stdout, out), ("standard error", done.stderr, err)):
        if pattern and not re.search(pattern, text):
            faults.append(f"{title} does not match {pattern}")
    return f"{what}: {'; '.join(faults)}\n{done.stdout}\n{done.stderr}" if faults else None


if missing():
    sys.exit(f"Slurm is not installed here ({', '.join(missing())} missing): dev/setup slurm adds it")
os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", ASAN_OPTIONS="detect_leaks=0",
                  TSAN_OPTIONS="ignore_noninstrumented_modules=1")
with tempfile.TemporaryDirectory(prefix="carillon-slurm-", dir="/tmp") as folder, Cluster(folder) as up:
    failures = [f for f in [*(check(up, what, *case) for what, case in CASES.items()), batch(up)] if f]
print("\n".join(failures) if failures else f"slurm: {len(CASES) + 1} cases as expected")
sys.exit(bool(failures))
