import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { inProject } from "../../../../test/support/project.js";
import { CliError } from "../../src/errors.js";
import { loadScenario, problemText, ScenarioFileError, shippedScenarios } from "../../src/services/scenario/load.js";

const SCENARIO_FOLDER = inProject("packages", "cli", "scenarios");

async function refusal(work: Promise<unknown>): Promise<CliError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CliError)) throw new Error(`expected a CliError, got ${String(error)}`);
  return error;
}

describe("finding a scenario", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "bft-scenario-test-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("by the name of one that comes with bft, each of which is called like its file", async () => {
    const all = await shippedScenarios(SCENARIO_FOLDER);
    expect(all.map(({ name }) => name)).to.include.members(["fail-stop-bound", "equivocating-primary", "four-steps"]);
    for (const { name } of all) expect((await loadScenario(name, SCENARIO_FOLDER)).name).to.equal(name);
  });

  it("or by a file", async () => {
    const file = path.join(folder, "mine.yaml");
    await writeFile(file, "name: mine\nabout: x\nsteps: [heal]\n");
    expect((await loadScenario(file, SCENARIO_FOLDER)).name).to.equal("mine");
  });

  it("a name that is none is answered with the nearest one", async () => {
    const error = await refusal(loadScenario("four-step", SCENARIO_FOLDER));
    expect(error).to.include({ code: "no-scenario", exitCode: 2 });
    expect(error.message).to.match(/^there is no scenario "four-step"; did you mean four-steps; all that come with bft: /);
    expect((await refusal(loadScenario("zzzzzzzz", SCENARIO_FOLDER))).message).to.match(
      /^there is no scenario "zzzzzzzz"; all that come/,
    );
  });

  it("a file that is not there, or too large, says so", async () => {
    expect((await refusal(loadScenario("./gone.yaml", SCENARIO_FOLDER))).message).to.match(
      /^\.\/gone\.yaml can not be read: ENOENT/,
    );
    const file = path.join(folder, "large.yaml");
    await writeFile(file, "#".repeat((1 << 20) + 1));
    expect((await refusal(loadScenario(file, SCENARIO_FOLDER))).message).to.match(
      /large\.yaml is not a scenario: it has 1048577 bytes$/,
    );
  });

  it("all problems of a file are told with file, line, column and the nearest word, the first ten of them in full", async () => {
    const file = path.join(folder, "bad.yaml");
    await writeFile(file, `name: bad\nabout: x\nsteps:\n${"  - kil: 2\n".repeat(12)}`);
    const error = await refusal(loadScenario(file, SCENARIO_FOLDER));
    if (!(error instanceof ScenarioFileError)) throw new Error(`expected a ScenarioFileError, got ${error.message}`);
    expect(error).to.include({ code: "bad-scenario", exitCode: 2 });
    expect(error.message).to.match(/bad\.yaml is not a scenario: 12 problems; how to write one: docs\/scenarios\.md$/);
    expect(error.problems).to.have.length(11);
    expect(error.problems[0]).to.match(/bad\.yaml:4:5: "kil" is not a step; there are: submit, .*; did you mean kill\?$/);
    expect(error.problems.at(-1)).to.equal("and 2 problems more");
  });

  it("what a hostile file says is shown, not obeyed", () => {
    const text = problemText("a.yaml", { line: 1, column: 2, message: 'expected x, got "\u001b[2J"', unknown: null });
    expect(text).to.equal('a.yaml:1:2: expected x, got "\\u001b[2J"');
  });
});
