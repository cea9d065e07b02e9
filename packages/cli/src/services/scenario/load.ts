import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Problem, parseScenario, type Scenario } from "@bft/sim/scenario";
import { CliError } from "../../errors.js";
import { nearest } from "../../view/nearest.js";
import { counted, printable } from "../../view/text.js";

/** Larger than any scenario: what is larger is not read at all. */
const FILE_BYTES_MAX = 1 << 20;
const PROBLEMS_MAX = 10;
const LIST = "all that come with bft: bft scenario list";

/** A file that is no scenario. */
export class ScenarioFileError extends CliError {
  /** What is wrong with it, a line each. */
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly Problem[]) {
    const count = counted(problems.length, "problem");
    super("bad-scenario", `${file} is not a scenario: ${count}; how to write one: docs/scenarios.md`, 2);
    const shown = problems.slice(0, PROBLEMS_MAX).map((problem) => problemText(file, problem));
    const more = problems.length - shown.length;
    this.problems = more > 0 ? [...shown, `and ${counted(more, "problem")} more`] : shown;
  }
}

/**
 * The scenario that comes with bft under that name, or the one in that file.
 * @throws CliError when there is none, or it is not valid: each problem with its place.
 */
export async function loadScenario(nameOrFile: string, folder: string): Promise<Scenario> {
  if (isFile(nameOrFile)) return readScenario(nameOrFile);
  const names = await shippedNames(folder);
  if (names.includes(nameOrFile)) return readScenario(path.join(folder, `${nameOrFile}.yaml`));
  const meant = nearest(nameOrFile, names);
  const hint = meant === null ? "" : `; did you mean ${meant}`;
  throw new CliError(
    "no-scenario",
    `there is no scenario "${printable(nameOrFile)}"${hint}; ${LIST}; a file of your own is named with its ending, such as mine.yaml`,
    2,
  );
}

/** All that come with bft, in order of name. */
export async function shippedScenarios(folder: string): Promise<readonly Scenario[]> {
  const names = await shippedNames(folder);
  return Promise.all(names.map((name) => readScenario(path.join(folder, `${name}.yaml`))));
}

function isFile(nameOrFile: string): boolean {
  return /\.ya?ml$/i.test(nameOrFile) || nameOrFile.includes("/") || nameOrFile.includes(path.sep);
}

async function shippedNames(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}

async function readScenario(file: string): Promise<Scenario> {
  const bytes = await readFile(file).catch((error: Error) => {
    throw new CliError("no-scenario", `${file} can not be read: ${error.message}`, 2);
  });
  if (bytes.length > FILE_BYTES_MAX)
    throw new CliError("bad-scenario", `${file} is not a scenario: it has ${bytes.length} bytes`, 2);
  const parsed = parseScenario(bytes.toString("utf8"));
  if (parsed.ok) return parsed.scenario;
  throw new ScenarioFileError(file, parsed.problems);
}

/** `mine.yaml:7:5: "kil" is not a step; there are: …; did you mean kill?` */
export function problemText(file: string, { line, column, message, unknown }: Problem): string {
  const meant = unknown === null ? null : nearest(unknown.word, unknown.known);
  const hint = meant === null ? "" : `; did you mean ${meant}?`;
  return `${file}:${line}:${column}: ${printable(message)}${hint}`;
}
