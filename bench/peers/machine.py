# SPDX-License-Identifier: Apache-2.0
"""What the machine is and how busy it is."""
import os
import pathlib
import subprocess
import time


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown processor"


def describe(threads):
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{processor()}, {os.cpu_count()} CPUs ({threads} threads used), {memory:.0f} GiB"


def cpu_times():
    """(idle, all) jiffies since boot; time stolen by the hypervisor counts as busy."""
    fields = [int(x) for x in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return fields[3] + fields[4], sum(fields)


def idle_share(seconds=0.2):
    idle, total = cpu_times()
    time.sleep(seconds)
    later_idle, later_total = cpu_times()
    return (later_idle - idle) / max(later_total - total, 1)


def wait_for_idle(wanted=0.9, longest=60.0):
    """Waits until the share of idle CPU is `wanted`, at most `longest` seconds. Returns: the share last seen."""
    deadline = time.monotonic() + longest
    share = idle_share()
    while share < wanted and time.monotonic() < deadline:
        time.sleep(0.5)
        share = idle_share()
    return share


def bandwidth(program, mebibytes, threads):
    """GB/s of an in-place pass over memory."""
    output = subprocess.run([program, str(mebibytes), str(threads)], capture_output=True, text=True, check=True).stdout
    return float(output)
