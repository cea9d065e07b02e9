import { parseArgs } from "node:util";
import { groundOf, MUTANTS } from "./catalogue/index.js";
import { type Catch, hunt, inParallel } from "./hunt.js";
import type { Mutant } from "./mutant.js";
import { readCatches, recordCatch } from "./recorded.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: "string", default: "1000" }, jobs: { type: "string", default: "2" }, missing: { type: "boolean" } },
});

const unknown = positionals.find((name) => !MUTANTS.some((each) => each.name === name));
if (unknown !== undefined) {
  process.stderr.write(`there is no mutant "${unknown}"; there are: ${MUTANTS.map(({ name }) => name).join(", ")}\n`);
  process.exit(2);
}

const known = readCatches();
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
const wanted = MUTANTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (values.missing !== true) for (const { name } of wanted) recordCatch(name, null);

const survivors: string[] = [];
await inParallel(wanted, Number(values.jobs), async (mutant) => {
  const kept = values.missing === true ? (known.get(mutant.name)?.seed ?? null) : null;
  const found = (kept === null ? null : await firstCatch(mutant, [kept])) ?? (await firstCatch(mutant, seeds));
  if (found === null) survivors.push(mutant.name);
  // After each one, so that an interrupted hunt goes on with --missing.
  recordCatch(mutant.name, found);
  const verdict = found === null ? `survived ${seeds.length} seeds` : `seed ${found.seed}, ${found.checker}: ${found.what}`;
  if (found === null || found.seed !== kept) process.stdout.write(`${mutant.name}: ${verdict}\n`);
});
process.stdout.write(
  `${wanted.length - survivors.length} of ${wanted.length} mutants caught${survivors.length > 0 ? `; survived: ${survivors.join(", ")}` : ""}\n`,
);
process.exitCode = survivors.length > 0 ? 1 : 0;

/** A seed at which the core as it is fails too proves nothing: the hunt goes on behind it. */
async function firstCatch(mutant: Mutant, left: readonly number[]): Promise<Catch | null> {
  const ground = groundOf(mutant);
  const found = await hunt(mutant, left, ground);
  if (found === null || (await hunt(null, [found.seed], ground)) === null) return found;
  process.stdout.write(`seed ${found.seed}: the core as it is fails too\n`);
  return firstCatch(mutant, left.slice(left.indexOf(found.seed) + 1));
}
