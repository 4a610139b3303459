#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the programs Carillon writes satisfy docs/reference/program.schema.json, and that damaged ones do not.

    check.py FOLDER_OF_CARILLON

Holds a validator of the keywords that the schema uses; where Python has `jsonschema`, it must agree.
"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[2]
schema = json.loads((root / "docs/reference/program.schema.json").read_text())
KNOWN = {"$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties",
         "items", "minItems", "maxItems", "minimum", "maximum", "enum", "const", "pattern", "anyOf"}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}[name])


def wrong(value, rule, path="program"):
    """What is wrong with a value, or nothing."""
    assert set(rule) <= KNOWN, f"keyword not known here: {set(rule) - KNOWN}"
    if "$ref" in rule:
        return wrong(value, schema["$defs"][rule["$ref"].rsplit("/", 1)[1]], path)
    if "anyOf" in rule and all(wrong(value, one, path) for one in rule["anyOf"]):
        return f"{path}: none of the forms"
    if "type" in rule and not is_type(value, rule["type"]):
        return f"{path}: not of type {rule['type']}"
    if "const" in rule and value != rule["const"] or "enum" in rule and value not in rule["enum"]:
        return f"{path}: {value!r}"
    if isinstance(value, str) and "pattern" in rule and not re.search(rule["pattern"], value):
        return f"{path}: {value!r}"
    if is_type(value, "number") and not rule.get("minimum", value) <= value <= rule.get("maximum", value):
        return f"{path}: {value} is out of range"
    if isinstance(value, list):
        if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value)):
            return f"{path}: {len(value)} items"
        for k, item in enumerate(value) if "items" in rule else ():
            if problem := wrong(item, rule["items"], f"{path}[{k}]"):
                return problem
    if isinstance(value, dict) and "properties" in rule:
        if missing := [k for k in rule["required"] if k not in value]:
            return f"{path}: without {missing}"
        for key, item in value.items():
            if key not in rule["properties"]:
                return f"{path}: unknown key {key}"
            if problem := wrong(item, rule["properties"][key], f"{path}.{key}"):
                return problem
    return None


try:
    import jsonschema
    peer = jsonschema.Draft202012Validator(schema)
    peer.check_schema(schema)
except ImportError:
    peer = None


def verdict(document):
    problem = wrong(document, schema)
    if peer:
        assert peer.is_valid(document) == (problem is None), f"jsonschema disagrees: {problem}"
    return problem


def damaged(document):
    """Copies with one mistake each."""
    for change in (lambda d: d.pop("pairs"), lambda d: d.update(version=2), lambda d: d.update(extra=1),
                   lambda d: d["nodes"][0]["blocks"][0][0].update(on="x0"), lambda d: d["nodes"][0].update(blocks=[]),
                   lambda d: d["nodes"][0]["blocks"][0].append({"order": 1}), lambda d: d.update(qubits=-1),
                   lambda d: d["initial_layout"][0].append(3), lambda d: (d["pairs"] or d["transfers"])[0].update(purpose="fun")):
        copied = copy.deepcopy(document)
        change(copied)
        yield copied


carillon = pathlib.Path(sys.argv[1]) / "carillon"
jobs = [("adder", "full:3"), ("grover", "ring:4"), ("repeat_until_success", "full:3"), ("teleport", "line:3"),
        ("qft", "line:3,link=direct,carries=qubits"), ("qft", "grid:2x2,native=cx+rz+sx+x,coupling=line")]
for name, network in jobs:
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/program.json"
        subprocess.run([carillon, "compile", root / f"examples/{name}.qasm", "-n", network, "--save", file, "-q"],
                       check=True)
        document = json.loads(pathlib.Path(file).read_text())
    if problem := verdict(document):
        sys.exit(f"{name}: {problem}")
    for number, copied in enumerate(damaged(document)):
        if not verdict(copied):
            sys.exit(f"{name}: damage {number} satisfies the schema")
print(f"{len(jobs)} programs satisfy the schema" + ("" if peer else " (jsonschema is not installed to agree)"))
