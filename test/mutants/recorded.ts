import { readFileSync, writeFileSync } from "node:fs";
import { inProject } from "../support/project.js";
import { groundOf, MUTANTS } from "./catalogue/index.js";
import type { Catch } from "./hunt.js";

const seedsFile = inProject("test", "mutants", "seeds.json");
const tableFile = inProject("docs", "negative-controls.md");

/** Lines between which the table stands in the document. */
const TABLE_BEGINS = "<!-- the table is written by npm run mutants -->";
const TABLE_ENDS = "<!-- end of the table -->";

/** The first seed that catches each mutant, as the last hunt found them. */
export function readCatches(): Map<string, Catch> {
  return new Map(Object.entries(JSON.parse(readFileSync(seedsFile, "utf8")) as Record<string, Catch>));
}

/**
 * Writes down what catches a mutant (null: nothing does), and the table in the document anew. Only mutants that there are stay,
 * in the catalogue's order.
 */
export function recordCatch(mutant: string, by: Catch | null): void {
  const catches = readCatches();
  if (by === null) catches.delete(mutant);
  else catches.set(mutant, by);
  const known = MUTANTS.flatMap(({ name }) => {
    const found = catches.get(name);
    return found === undefined ? [] : [[name, found] as const];
  });
  writeFileSync(seedsFile, `${JSON.stringify(Object.fromEntries(known), null, 2)}\n`);
  const text = readFileSync(tableFile, "utf8");
  const [before, rest] = text.split(`${TABLE_BEGINS}\n`);
  const after = rest?.split(TABLE_ENDS)[1];
  if (before === undefined || after === undefined)
    throw new RangeError(`${tableFile} has no place for the table: it needs a line "${TABLE_BEGINS}" and a line "${TABLE_ENDS}"`);
  writeFileSync(tableFile, `${before}${TABLE_BEGINS}\n\n${table(catches)}\n\n${TABLE_ENDS}${after}`);
}

function table(catches: ReadonlyMap<string, Catch>): string {
  const rows = MUTANTS.map((mutant) => {
    const { name, section, what } = mutant;
    const found = catches.get(name);
    const { pins, script } = groundOf(mutant);
    const pinned = Object.entries(pins).map(([option, value]) => `${option}=${value}`);
    const drawn = `${found?.seed ?? "not yet"}${pinned.length > 0 ? ` with ${pinned.join(" ")}` : ""}`;
    const seed = script === null ? drawn : `written: [${script}](../packages/sim/test/scenarios/${script}.txt)`;
    return `| \`${name}\` | ${section} | ${what} | ${seed} | ${found?.checker ?? ""} |`;
  });
  return [
    "| Mutant | Section | What the mutated core does | Seeds needed | Caught by |",
    "| --- | --- | --- | ---: | --- |",
    ...rows,
  ].join("\n");
}
