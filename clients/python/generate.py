"""Generates `bowline_client.generated` from docs/openapi.json: `python generate.py`, or `--check` to compare only.

Needs what generator.txt lists. The calls of operators are left out, and so are streams, which the generated calls would
read to an end that never comes. Some things of the document are put so that the generated types are better:

- A state in an answer may be one that this version does not know, because a newer server says it. The generator would
  raise an error, so such fields are the known states or any text.
- A page of a list has its rows' type written out, which the generator would give a second class. It is referred to.
- An optional body is written as "the body or null". The generator would send its mark for "nothing" with it.
- A schema that nothing refers to is left out.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import openapi_python_client
from openapi_python_client.config import Config, ConfigFile, MetaType

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "docs" / "openapi.json"
GENERATED = HERE / "src" / "bowline_client" / "generated"
HOOKS = [
    "ruff check --isolated --no-cache --quiet --fix --select F401,I .",
    "ruff format --isolated --no-cache --quiet --line-length 110 .",
]
PREFIX = "#/components/schemas/"


def references(value: Any) -> set[str]:
    """The names of the schemas to which a part of the document refers."""
    if isinstance(value, dict):
        own = {value["$ref"].removeprefix(PREFIX)} if str(value.get("$ref", "")).startswith(PREFIX) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def reachable(value: Any, schemas: dict[str, Any]) -> set[str]:
    """The same, and the schemas to which those refer in turn."""
    found: set[str] = set()
    ahead = references(value)
    while ahead:
        found |= ahead
        ahead = references([schemas[name] for name in ahead]) - found
    return found


def is_stream(operation: dict[str, Any]) -> bool:
    """Whether the answer has no end."""
    contents = [response.get("content", {}) for response in operation["responses"].values()]
    return any("text/event-stream" in content for content in contents)


def refer_to_rows(schemas: dict[str, Any]) -> None:
    """Replaces the rows of pages that are written out."""
    names = {json.dumps(schema, sort_keys=True): name for name, schema in schemas.items()}
    for schema in schemas.values():
        items = schema.get("properties", {}).get("items", {})
        name = names.get(json.dumps(items.get("items"), sort_keys=True))
        if name:
            items["items"] = {"$ref": PREFIX + name}


def omit_null(body: dict[str, Any]) -> None:
    """Lets an optional body be the body or nothing."""
    for content in body.get("content", {}).values():
        choices = [choice for choice in content["schema"].get("oneOf", []) if choice != {"type": "null"}]
        if len(choices) == 1:
            content["schema"] = choices[0]


def open_enumerations(value: Any, schemas: dict[str, Any]) -> Any:
    """The same schema, whose references to enumerations permit any text besides."""
    if isinstance(value, list):
        return [open_enumerations(item, schemas) for item in value]
    if not isinstance(value, dict):
        return value
    if "enum" in schemas.get(str(value.get("$ref", "")).removeprefix(PREFIX), {}):
        rest = {name: item for name, item in value.items() if name != "$ref"}
        return {"anyOf": [{"$ref": value["$ref"]}, {"type": "string"}], **rest}
    return {name: open_enumerations(item, schemas) for name, item in value.items()}


def document() -> dict[str, Any]:
    """The part of the document from which the calls are generated."""
    whole: dict[str, Any] = json.loads(DOCUMENT.read_text())
    schemas = whole["components"]["schemas"]
    paths = {
        path: {verb: operation for verb, operation in operations.items() if not is_stream(operation)}
        for path, operations in whole["paths"].items()
        if path.startswith("/v1/")
    }
    refer_to_rows(schemas)
    bodies = [operation.get("requestBody", {}) for verbs in paths.values() for operation in verbs.values()]
    for body in bodies:
        omit_null(body)
    asked = reachable(bodies, schemas)
    for name in schemas.keys() - asked:
        schemas[name] = open_enumerations(schemas[name], schemas)
    whole["paths"] = {path: verbs for path, verbs in paths.items() if verbs}
    used = reachable([whole["paths"], whole["components"]["responses"]], schemas)
    whole["components"]["schemas"] = {name: schemas[name] for name in sorted(used)}
    return whole


def generate(output: Path) -> None:
    """Generates the package in the new directory `output`."""
    # The generator formats what it writes with the ruff that is installed beside it.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory) / "openapi.json"
        source.write_text(json.dumps(document()))
        config = Config.from_sources(
            ConfigFile(post_hooks=HOOKS),
            meta_type=MetaType.NONE,
            document_source=source,
            file_encoding="utf-8",
            overwrite=False,
            output_path=output,
        )
        troubles = openapi_python_client.generate(config=config)
    if troubles:
        sys.exit("\n".join(f"{trouble.header}: {trouble.detail}" for trouble in troubles))


def files(directory: Path) -> dict[str, bytes]:
    """The sources below a directory, by their paths."""
    return {str(file.relative_to(directory)): file.read_bytes() for file in directory.rglob("*.py")}


def main() -> None:
    """Generates, or compares."""
    with tempfile.TemporaryDirectory() as directory:
        output = Path(directory) / "generated"
        generate(output)
        if sys.argv[1:] == ["--check"]:
            old, new = files(GENERATED), files(output)
            changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
            if changed:
                sys.exit(f"not up to date, see docs/contributing.md: {', '.join(changed)}")
            print("up to date")
            return
        shutil.rmtree(GENERATED, ignore_errors=True)
        shutil.copytree(output, GENERATED)


if __name__ == "__main__":
    main()
