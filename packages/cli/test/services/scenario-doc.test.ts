import { readFileSync } from "node:fs";
import { type Problem, parseScenario } from "@bft/sim/scenario";
import { expect } from "chai";
import { inProject } from "../../../../test/support/project.js";

/** The YAML in docs/scenarios.md. */
const EXAMPLES = readFileSync(inProject("docs", "scenarios.md"), "utf8")
  .split("```")
  .flatMap((block) => (block.startsWith("yaml\n") ? [block.slice("yaml\n".length)] : []));

function problemsOf(source: string): readonly Problem[] {
  const parsed = parseScenario(source);
  return parsed.ok ? [] : parsed.problems;
}

describe("docs/scenarios.md", () => {
  it("shows a scenario in ten lines, and it is one", () => {
    const [first = ""] = EXAMPLES;
    expect(first.trim().split("\n")).to.have.length.at.most(10);
    expect(problemsOf(first)).to.deep.equal([]);
  });

  it("what it shows of steps can be played", () => {
    for (const steps of EXAMPLES.slice(1)) expect(problemsOf(`name: mine\nabout: x\nsteps:\n${steps}`), steps).to.deep.equal([]);
    expect(EXAMPLES).to.have.length.above(1);
  });
});
