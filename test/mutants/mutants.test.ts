import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { expect } from "chai";
import { groundOf, MUTANTS } from "./catalogue/index.js";
import { type Catch, hunt, inParallel } from "./hunt.js";
import { type Mutant, mutate } from "./mutant.js";
import { readCatches } from "./recorded.js";

const JOBS = 2;

/** A laboratory that finds nothing must be known to find something: each seeded bug is caught at the seed that caught it first. */
describe("negative controls: seeded protocol bugs", function () {
  this.timeout(600_000);
  const recorded = readCatches();
  const found = new Map<string, Catch | null>();
  /** What the core as it is breaks at the same seeds, and with the same pins. */
  const unmutated: (Catch | null)[] = [];

  before(async () => {
    const seedOf = ({ name }: Mutant) => recorded.get(name)?.seed ?? 0;
    const known = MUTANTS.filter(({ name }) => recorded.has(name));
    const keyOf = (mutant: Mutant) => JSON.stringify(groundOf(mutant));
    const grounds = new Map(known.map((mutant) => [keyOf(mutant), groundOf(mutant)]));
    const hunts = [
      // The core as it is, at all seeds of one ground together.
      ...[...grounds].map(([key, ground]) => async () => {
        const seeds = known.filter((mutant) => keyOf(mutant) === key).map(seedOf);
        unmutated.push(await hunt(null, [...new Set(seeds)], ground));
      }),
      ...known.map((mutant) => async () => found.set(mutant.name, await hunt(mutant, [seedOf(mutant)], groundOf(mutant)))),
    ];
    await inParallel(hunts, JOBS, async (each) => void (await each()));
  });

  it("there are at least 25, and at least 8 of each protocol, each with a name of its own", () => {
    expect(MUTANTS.length).to.be.at.least(25);
    for (const protocol of PROTOCOL_NAMES)
      expect(MUTANTS.filter(({ file }) => file.startsWith(`${protocol}/`)).length, protocol).to.be.at.least(8);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).to.equal(MUTANTS.length);
  });

  it("the core as it is holds at the same seeds", () => {
    expect(unmutated.length).to.be.greaterThan(PROTOCOL_NAMES.length);
    expect(unmutated.filter((each) => each !== null)).to.deep.equal([]);
  });

  for (const { name, section, what } of MUTANTS)
    it(`${section} ${name} is caught: ${what}`, () => {
      const advice = `npm run mutants -- ${name} looks for a seed that does`;
      expect(recorded.has(name), `no seed is recorded; ${advice}`).to.equal(true);
      expect(found.get(name) ?? null, `seed ${recorded.get(name)?.seed} no longer catches it; ${advice}`).to.not.equal(null);
    });

  it("a mutant whose text is gone from the core, or stands there twice, is noticed", () => {
    const mutant = { name: "m", section: "§4", what: "Nothing.", file: "pbft/log", find: "a", replace: "b" };
    expect(mutate("cat", mutant)).to.equal("cbt");
    expect(() => mutate("dog", mutant)).to.throw(RangeError, "mutant m no longer applies: its text occurs 0 times");
    expect(() => mutate("banana", mutant)).to.throw(RangeError, "occurs 3 times");
  });
});
