# SPDX-License-Identifier: Apache-2.0
"""Expected output with wildcards: `...` matches anything within a line, a line that is only `...` any number of lines."""
import re


def matches(expected, actual):
    """True when the lines of `actual` fit those of `expected`."""
    rows = [True] + [False] * len(actual)  # rows[i]: the expected lines so far match actual[:i]
    for line in expected:
        if line.strip() == "...":
            for i in range(len(actual)):
                rows[i + 1] |= rows[i]
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.rstrip().split("...")))
        rows = [False] + [rows[i] and pattern.fullmatch(actual[i].rstrip()) is not None for i in range(len(actual))]
    return rows[-1]


def commands_of(lines):
    """[(command, first line, expected lines)] of a console transcript; a command ending in a backslash goes on."""
    result = []
    lines = iter(lines)
    for line in lines:
        if line.startswith("$ "):
            command, shown = line[2:], [line]
            while command.endswith("\\"):
                shown.append(next(lines))
                command = command[:-1] + " " + shown[-1].strip()
            result.append((command, shown, []))
        elif result:
            result[-1][2].append(line)
    for _, _, expected in result:
        while expected and not expected[-1].strip():
            expected.pop()
    return result
