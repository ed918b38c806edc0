#!/usr/bin/env python3
"""check_events.py SCHEMA FILE: whether every line of a file of events is one, and their order makes sense.

A killed run's file passes, too, once a last line without end has been taken off: it lacks the end of the run.
"""

import json
import sys
from pathlib import Path

import jsonschema


def problems(schema: dict, text: str) -> list[str]:
    validators = {
        kind["properties"]["event"]["const"]: jsonschema.Draft202012Validator(kind | {"$defs": schema["$defs"]})
        for kind in schema["$defs"].values()
        if "event" in kind.get("properties", {})
    }
    found = []
    state: dict[int, str] = {}
    for number, line in enumerate(text.split("\n")[:-1], 1):
        event = json.loads(line)
        validator = validators.get(event.get("event"))
        if validator is None:
            found.append(f"line {number}: unknown event {event.get('event')}")
            continue
        found += [f"line {number}: {error.json_path}: {error.message}" for error in validator.iter_errors(event)]
        if (number == 1) != (event["event"] == "run_started"):
            found.append(f"line {number}: run_started is the first line and no other")
        if "id" in event:
            before = state.get(event["id"])
            if (before is None) != (event["event"] == "queued") or before == "finished":
                found.append(f"line {number}: {event['event']} after {before}")
            state[event["id"]] = event["event"]
    if not text.endswith("\n"):
        found.append("the last line has no end")
    return found


def main() -> int:
    schema = json.loads(Path(sys.argv[1]).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    found = problems(schema, Path(sys.argv[2]).read_text())
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
