#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one simulator on request: a line of JSON in, a line of JSON out.

    worker.py NAME < requests

A request names circuit, precision, setting, threads, repeats and indices; the answer has seconds and amplitudes, or error.
One process per simulator keeps imports out of the way of the others' measurements.
"""
import importlib
import json
import os
import sys
import traceback


def answer(runner, request):
    run = runner.run(request["circuit"], request["precision"], request["setting"], request["threads"], request["repeats"],
                     request["indices"])
    return {"seconds": run.seconds, "amplitudes": [[a.real, a.imag] for a in run.amplitudes], "note": run.note,
            "details": run.details}


def main():
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the libraries print must not mix with the answers
    runner = importlib.import_module(f"runners.{sys.argv[1]}")
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {"version": runner.version()} if "version" in request else answer(runner, request)
        except Exception as error:
            traceback.print_exc()
            reply = {"error": f"{type(error).__name__}: {error}"}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
