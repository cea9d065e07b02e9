import { expect } from "chai";
import { CliError, misuse } from "../src/errors.js";
import { explain } from "../src/explain.js";

const commands = ["up", "down", "status", "submit", "byzantine"];

function oclifError(message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), { oclif: { exit: 2 } }, fields);
}

describe("explain", () => {
  const cases: readonly [argv: string, error: unknown, message: string, exitCode: number][] = [
    [
      "stauts",
      oclifError("command stauts not found"),
      '"stauts" is no command of bft; did you mean: bft status; all commands: bft --help',
      2,
    ],
    [
      "frobnicate 3",
      oclifError("command frobnicate not found"),
      '"frobnicate" is no command of bft; all commands: bft --help',
      2,
    ],
    [
      "up --detahc",
      oclifError("Nonexistent flag: --detahc\nSee more help with --help", {
        flags: ["--detahc"],
        parse: { input: { flags: { detach: {}, f: {} } } },
      }),
      "there is no flag --detahc; did you mean --detach; see: bft up --help",
      2,
    ],
    [
      "submit",
      oclifError("Missing 1 required arg:\noperation  what", { args: [{ name: "operation", description: "what to do" }] }),
      "<operation> (what to do) is missing; see: bft submit --help",
      2,
    ],
    [
      "down now",
      oclifError("Unexpected argument: now", { args: ["now"] }),
      '"now" is one argument too many; see: bft down --help',
      2,
    ],
    ["up --port", oclifError("Flag --port expects a value"), "--port needs a value; see: bft up --help", 2],
    ["kill 9", new CliError("no-replica", "replica 9 does not exist", 2), "replica 9 does not exist", 2],
    ["submit x", Object.assign(new Error("no quorum"), { name: "ClusterError", code: "no-quorum" }), "no quorum", 1],
    ["up --f 0", misuse("--f is a whole number"), "--f is a whole number", 2],
    [
      "up",
      Object.assign(oclifError("failed to load up.js"), { oclif: { exit: 1 } }),
      "failed to load up.js (an error of bft itself; DEBUG=1 shows where)",
      1,
    ],
    ["up", new Error("boom"), "boom (an error of bft itself; DEBUG=1 shows where)", 1],
    ["up", "thrown text", "thrown text", 1],
  ];
  for (const [argv, error, message, exitCode] of cases) {
    it(`bft ${argv}: ${message}`, () => {
      expect(explain(error, { argv: argv.split(" "), commands })).to.include({ message, exitCode });
    });
  }

  it("gives programs a code", () => {
    expect(explain(new CliError("no-cluster", "no cluster in .bft"), { argv: [], commands }).code).to.equal("no-cluster");
    expect(explain(misuse("no"), { argv: [], commands }).code).to.equal("misuse");
  });
});
