# SPDX-License-Identifier: Apache-2.0
"""The processes that run the simulators, one for each, started when first asked."""
import json
import os
import pathlib
import select
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


class Failure(Exception):
    """A run that gave no result; the message says why."""


class Worker:
    def __init__(self, name, threads, log):
        self.name, self.threads, self.log, self.process = name, threads, log, None

    def start(self):
        environment = dict(os.environ, OMP_NUM_THREADS=str(self.threads), QULACS_NUM_THREADS=str(self.threads))
        self.process = subprocess.Popen([sys.executable, HERE / "worker.py", self.name], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment, cwd=HERE,
                                        start_new_session=True)

    def ask(self, request, timeout=1800):
        """The answer to a request. Throws Failure when the worker reports an error, dies or is late; it starts afresh
        next time in the latter cases."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            ready, _, _ = select.select([self.process.stdout], [], [], timeout)
            line = self.process.stdout.readline() if ready else ""
        except BrokenPipeError:
            ready, line = True, ""
        if not line:
            reason = f"died with status {self.process.wait()}" if ready else f"took over {timeout} s"
            self.stop()
            raise Failure(reason)
        reply = json.loads(line)
        if "error" in reply:
            raise Failure(reply["error"])
        return reply

    def run(self, circuit, precision, setting, indices, repeats=1, timeout=1800):
        return self.ask({"circuit": str(circuit), "precision": precision, "setting": setting, "threads": self.threads,
                         "repeats": repeats, "indices": [int(i) for i in indices]}, timeout)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)  # with the program it may have started
            self.process.wait()
        self.process = None
