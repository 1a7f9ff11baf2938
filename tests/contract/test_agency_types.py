"""The types of agencies' messages compile in Java, Go and TypeScript, and each reads and writes the golden messages."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from local_stack.artifacts import cache
from nrm_events import AGENCY_MESSAGES
from nrm_events.corpus import messages

ROOT = Path(__file__).parents[2]
TYPES, HERE = ROOT / "libs" / "events" / "types", Path(__file__).parent / "types"
GOLDEN = {kind: kept for kind, kept in messages(ROOT / "tests" / "contract" / "corpus") if kind in AGENCY_MESSAGES}
Program = Callable[[Path], list[str]]
"""Compiles the types with a small program into a folder: how to run it."""

JAVA = """
import java.util.*;
class Main { public static void main(String[] a) {
  Scanner lines = new Scanner(System.in, "UTF-8");
  while (lines.hasNextLine()) { String[] line = lines.nextLine().split("\\t", 2);
    try { System.out.println(AgencyMessages.write(AgencyMessages.read(line[0], line[1]))); }
    catch (IllegalArgumentException wrong) { System.out.println("refused " + wrong.getMessage()); } } } }
"""
GO = """package main
import ("bufio"; "encoding/json"; "fmt"; "os"; "strings"; "types/agency")
func main() { lines := bufio.NewScanner(os.Stdin)
  for lines.Scan() { line := strings.SplitN(lines.Text(), "\\t", 2)
    found, wrong := agency.Read(line[0], []byte(line[1]))
    if wrong != nil { fmt.Println("refused", wrong); continue }
    out, _ := json.Marshal(found); fmt.Println(string(out)) } }
"""
TYPESCRIPT = """import { read, type Message, type ConsentEnded } from "./agency_messages.js";
declare const process: any, require: any;
function due(message: Message): string | null {
  if (message.type !== "nrm.agency.ConsentEnded.v1") return null;
  const ended: ConsentEnded = message.data;
  return ended.acknowledge_by; }
for (const line of require("node:fs").readFileSync(0, "utf8").split("\\n").filter(Boolean)) {
  const [type, value] = line.split("\\t") as [string, string];
  try { const found = read(type, value); due(found); console.log(JSON.stringify(found.data)); }
  catch (wrong) { console.log("refused " + (wrong as Error).message); } }
"""


def done(command: list[str], folder: Path, text: str = "", **env: str) -> str:
    environment = {"PATH": "/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)} | env
    found = subprocess.run(
        command, cwd=folder, input=text, capture_output=True, text=True, timeout=240, check=False, env=environment
    )
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr[-2000:]
    return found.stdout


def needs(*programs: str) -> None:
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not on this machine, so not shown for it: {', '.join(missing)}")


def java(folder: Path) -> list[str]:
    needs("javac", "java")
    (folder / "Main.java").write_text(JAVA, encoding="utf-8")
    shutil.copy(TYPES / "AgencyMessages.java", folder)
    done(["javac", "-encoding", "UTF-8", "-Xlint:all", "-Werror", "AgencyMessages.java", "Main.java"], folder)
    return ["java", "-cp", str(folder), "Main"]


def go(folder: Path) -> list[str]:
    needs("go")
    (folder / "agency").mkdir()
    shutil.copy(TYPES / "agency_messages.go", folder / "agency")
    (folder / "main.go").write_text(GO, encoding="utf-8")
    (folder / "go.mod").write_text("module types\n\ngo 1.21\n", encoding="utf-8")
    built = {"GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", "GOCACHE": str(cache() / "go")}
    done(["go", "vet", "./agency"], folder, **built)
    done(["go", "build", "-o", "main", "."], folder, **built)
    return [str(folder / "main")]


def typescript(folder: Path) -> list[str]:
    needs("node", "npm")
    kept = cache() / f"typescript-{hashlib.sha256((HERE / 'package-lock.json').read_bytes()).hexdigest()[:12]}"
    if not (kept / "installed").exists():
        kept.mkdir(parents=True, exist_ok=True)
        for name in (".npmrc", "package.json", "package-lock.json"):
            shutil.copy(HERE / name, kept)
        installing = subprocess.run(
            [shutil.which("npm") or "", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=kept,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert installing.returncode == 0, installing.stderr[-2000:]
        (kept / "installed").touch()
    shutil.copy(TYPES / "agency_messages.ts", folder)
    (folder / "main.ts").write_text(TYPESCRIPT, encoding="utf-8")
    compiler = str(kept / "node_modules" / "typescript" / "bin" / "tsc")
    strict = ["--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "commonjs"]
    done(["node", compiler, *strict, "main.ts", "agency_messages.ts"], folder)
    return ["node", "main.js"]


LANGUAGES: Mapping[str, Program] = {"java": java, "go": go, "typescript": typescript}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_types_compile_and_read_the_golden_messages(language: str, tmp_path: Path) -> None:
    program = LANGUAGES[language](tmp_path)
    wanted: dict[str, Any] = {kind: json.loads(kept.value) for kind, kept in GOLDEN.items()}
    assert wanted.keys() == AGENCY_MESSAGES.keys()
    wanted["nrm.agency.EventShared.v1"]["fields"] = {
        "kind": "legal", "amount": 12, "advisory": True, "reasons": ["a", "b"], "until": None,
    }  # fmt: skip
    lines = "".join(f"{kind}\t{json.dumps(value)}\n" for kind, value in wanted.items())
    read = done(program, tmp_path, lines).splitlines()
    assert [json.loads(line) for line in read] == list(wanted.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_lacks_a_field_or_has_no_type_is_refused(language: str, tmp_path: Path) -> None:
    program = LANGUAGES[language](tmp_path)
    lines = "nrm.agency.Sang.v1\t{}\n"
    wanted = ["refused unknown_type"]
    for kind, kept in GOLDEN.items():
        lines += f"{kind}\t{json.dumps(json.loads(kept.value) | {'effective_at': None})}\n"
        wanted.append("refused payload_malformed: effective_at")
    assert done(program, tmp_path, lines).splitlines() == wanted
