#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of one case file and compares output and exit code.

    check.py FOLDER_OF_CARILLON CASE_FILE

A case file is a transcript: `$ command`, then what it prints (standard output and error together; wildcards: see
dev/expect.py), then a last line `[exit N]` unless it exits with 0. Lines that start with # are comments. Commands run in
a scratch folder in which examples/ and tests/ can be read.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(root / "dev"))
from expect import commands_of, matches  # noqa: E402

folder, case = sys.argv[1:]
lines = [line for line in pathlib.Path(case).read_text().splitlines() if not line.startswith("#")]
environment = {k: v for k, v in os.environ.items() if not k.startswith("CARILLON_")}
environment["PATH"] = f"{folder}:{environment['PATH']}"
failures = 0
with tempfile.TemporaryDirectory() as scratch:
    for shared in ("examples", "tests"):
        os.symlink(root / shared, pathlib.Path(scratch) / shared)
    for command, _, expected in commands_of(lines):
        done = subprocess.run(["bash", "-c", command], cwd=scratch, env=environment, text=True, timeout=300,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        actual = done.stdout.rstrip("\n").splitlines() if done.stdout.strip() else []
        if done.returncode:
            actual.append(f"[exit {done.returncode}]")
        if not matches(expected, actual):
            failures += 1
            print(f"{case}: $ {command}\n  expected:\n    " + "\n    ".join(expected) +
                  "\n  printed:\n    " + "\n    ".join(actual))
sys.exit(failures > 0)
