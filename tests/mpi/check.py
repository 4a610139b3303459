#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Starts programs on several ranks and compares how they end and what they say.

    check.py MPIRUN RANKS_PROGRAM CARILLON [CASE ...]     all cases when none is named
    check.py --list
"""
import os
import re
import signal
import subprocess
import sys

# name: ranks, environment, what to run, exit code, pattern of standard output, pattern of standard error
# Recovery: mpirun lets the others live when a rank dies. Its exit code is then 0 whatever happens.
CASES = {
    "conform_1": (1, {}, "ranks conform", 0, "one process conform", ""),
    "conform_2": (2, {}, "ranks conform 3000000", 0, "2 ranks of .* on one node conform", ""),
    "conform_4": (4, {"CARILLON_RANKS_PER_NODE": "2", "CARILLON_MPI_PIECE": "1000"}, "ranks conform 20000", 0,
                  "4 ranks of .* on 2 nodes simulated on one machine conform", ""),
    "conform_8": (8, {"CARILLON_RANKS_PER_NODE": "3"}, "ranks conform 70000", 0, "8 ranks of .* on 3 nodes .* conform", ""),
    "kill_one": (4, {"recovery": "1"}, "ranks kill 2@3", 0, "3 of 4 ranks did the work", "rank 0: rank 2 lost"),
    "kill_first": (3, {"recovery": "1", "CARILLON_RANKS_PER_NODE": "1"}, "ranks kill 0@2", 0, "2 of 3 ranks did the work",
                   "rank 1: rank 0 lost"),
    "kill_two": (4, {"recovery": "1", "CARILLON_RANKS_PER_NODE": "2"}, "ranks kill 0@2 1@2", 0,
                 "2 of 4 ranks did the work", "rank 2: rank . lost"),
    "kill_during_regroup": (4, {"recovery": "1", "CARILLON_RANKS_PER_NODE": "2"}, "ranks kill 3@2 0@3", 0,
                            "2 of 4 ranks did the work", "rank 1: rank 3 lost"),
    # Without recovery mpirun ends the job; the others may be through before it comes to that.
    "kill_the_job": (3, {}, "ranks kill 1@2", 137, "|.*", "signal 9|9 \\(Killed\\)"),
    "stop_one": (4, {"recovery": "1", "CARILLON_RANKS_PER_NODE": "2", "CARILLON_LEASE_MS": "1500"}, "ranks stop 2@2", 0,
                 "3 of 4 ranks did the work", "rank 2 was taken for dead by the others"),
    "fail": (3, {}, "ranks fail 1", 1, "", "^carillon_ranks: rank 1: this rank failed$"),
    "carillon_once": (3, {}, "carillon simulate {examples}/ghz.qasm --shots 10 --seed 1 --json", 0,
                      '^\\{\n(.*\n)*\\}$', ""),
    "carillon_wrong_file": (3, {}, "carillon simulate no_such_file.qasm", 2, "",
                            '^carillon: the program "no_such_file.qasm" cannot be read$'),
    "carillon_wrong_flag": (2, {}, "carillon simulate --shoots 3 {examples}/ghz.qasm", 2, "", "^carillon: .*shoots"),
    "carillon_wrong_setting": (2, {"CARILLON_LEASE_MS": "soon"}, "carillon --version", 2, "",
                               "^carillon: CARILLON_LEASE_MS=soon: expected a whole number"),
}


def check(mpirun, programs, name):
    ranks, settings, command, code, out, err = CASES[name]
    settings = dict(settings)
    launch = [mpirun, "-n", str(ranks)]
    version = subprocess.run([mpirun, "--version"], capture_output=True, text=True).stdout
    if "Open MPI" in version or "OpenRTE" in version:
        launch += ["--allow-run-as-root", "--oversubscribe"]
        if settings.pop("recovery", None):
            launch.append("--enable-recovery")
    examples = os.path.join(os.path.dirname(__file__), "..", "..", "examples")
    words = command.format(examples=examples).split()
    # Leaks of the MPI library, and its locks that the thread sanitizer does not see, are not ours.
    environment = {**os.environ, **settings, "ASAN_OPTIONS": "detect_leaks=0",
                   "TSAN_OPTIONS": "ignore_noninstrumented_modules=1"}
    run = subprocess.Popen([*launch, programs[words[0]], *words[1:]], env=environment, text=True, start_new_session=True,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        stdout, stderr = run.communicate(timeout=100)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        stdout, stderr = run.communicate()
        return f"{name}: did not end\n{stdout}\n{stderr}"
    faults = []
    if run.returncode != code:
        faults.append(f"exit code {run.returncode}, expected {code}")
    for title, text, pattern in (("standard output", stdout, out), ("standard error", stderr, err)):
        hits = len(re.findall(pattern, text, re.MULTILINE)) if pattern else None
        if hits == 0:
            faults.append(f"{title} does not match {pattern}")
        if hits is not None and hits > 1 and pattern.startswith("^"):
            faults.append(f"{title} says it {hits} times")
    if not out and stdout:
        faults.append("standard output is not empty")
    return f"{name}: {'; '.join(faults)}\n{stdout}\n{stderr}" if faults else None


if sys.argv[1] == "--list":
    print(";".join(CASES))
    sys.exit()
mpirun, ranks_program, carillon = sys.argv[1:4]
names = sys.argv[4:] or list(CASES)
failures = [f for f in (check(mpirun, {"ranks": ranks_program, "carillon": carillon}, n) for n in names) if f]
print("\n".join(failures) if failures else f"mpi: {len(names)} cases as expected")
sys.exit(bool(failures))
