import { expect } from "chai";
import { type Finding, lint, type Sources } from "./tools.js";

interface Offence {
  readonly title: string;
  /** The folder it stands in, such as `packages/core/src`. */
  readonly in: string;
  readonly source: string;
  /** The linter's rule that must refuse it; `plugin` is one of ours in scripts/lint. */
  readonly rule: string;
}

function imports(title: string, specifier: string, from: string, rule = "noRestrictedImports"): Offence {
  return { title, in: `packages/${from}/src`, source: `import * as it from "${specifier}";\nexport const used = it;\n`, rule };
}

function inCore(title: string, source: string, rule: string): Offence {
  return { title, in: "packages/core/src", source, rule };
}

const offences: readonly Offence[] = [
  imports("core imports net", "@bft/net", "core"),
  imports("core imports replica", "@bft/replica", "core"),
  imports("core imports sim", "@bft/sim", "core"),
  imports("core imports a hash library", "@noble/ed25519", "core"),
  imports("core imports a Node module", "node:fs", "core"),
  imports("core imports a Node module by its old name", "fs", "core", "noNodejsModules"),
  imports("core reaches into net by path", "../../net/src/index.js", "core"),
  imports("net imports replica", "@bft/replica", "net"),
  imports("net imports sim", "@bft/sim", "net"),
  imports("net imports the liars", "@bft/sim/byzantine", "net"),
  imports("net imports cli", "bft-cli", "net"),
  imports("net imports past core's exports", "@bft/core/dist/pbft/log.js", "net"),
  imports("net reaches into core by path", "../../core/src/index.js", "net"),
  imports("net reaches into core's build by path", "../../core/dist/index.js", "net"),
  imports("net imports what its package.json does not name", "ink", "net", "noUndeclaredDependencies"),
  imports("replica imports sim", "@bft/sim", "replica"),
  imports("replica imports the liars", "@bft/sim/byzantine", "replica"),
  imports("replica imports cli", "bft-cli", "replica"),
  imports("sim imports net", "@bft/net", "sim"),
  imports("sim imports replica", "@bft/replica", "sim"),
  imports("sim imports cli", "bft-cli", "sim"),
  imports("cli imports past replica's exports", "@bft/replica/dist/main.js", "cli"),
  imports("cli reaches into sim by path", "../../../packages/sim/src/index.js", "cli"),
  inCore("core reads the clock", "export const now = Date.now();\n", "noRestrictedGlobals"),
  inCore("core makes a date", "export const today = new Date(0);\n", "noRestrictedGlobals"),
  inCore("core reads the clock by way of globalThis", "export const now = globalThis.Date.now();\n", "noRestrictedGlobals"),
  inCore("core reads a precise clock", "export const now = performance.now();\n", "noRestrictedGlobals"),
  inCore("core draws a random number", "export const draw = Math.random();\n", "plugin"),
  inCore("core takes random out of Math", "export const { random } = Math;\n", "plugin"),
  inCore("core looks random up", 'export const draw = Math["random"]();\n', "plugin"),
  inCore("core prints", 'console.log("prepared");\n', "noConsole"),
  inCore("core sets a timer", "setTimeout(() => undefined, 1);\n", "noRestrictedGlobals"),
  inCore("core sets a repeating timer", "setInterval(() => undefined, 1);\n", "noRestrictedGlobals"),
  inCore("core queues a microtask", "queueMicrotask(() => undefined);\n", "noRestrictedGlobals"),
  inCore("core reads the environment", "export const home = process.env.HOME;\n", "noRestrictedGlobals"),
  inCore("core uses the host's cryptography", "export const id = crypto.randomUUID();\n", "noRestrictedGlobals"),
  inCore("core fetches", 'export const page = fetch("x");\n', "noRestrictedGlobals"),
  inCore("core makes a promise", "export const soon = Promise.resolve(1);\n", "noRestrictedGlobals"),
  inCore("core promises in a type", "export type Soon = Promise<number>;\n", "noRestrictedGlobals"),
  inCore("core has an async function", "export async function later() {}\n", "plugin"),
  inCore("core has an async function expression", "export const later = [async function () {}];\n", "plugin"),
  inCore("core has an async arrow", "export const later = async () => 1;\n", "plugin"),
  inCore("core has an async arrow without parentheses", "export const later = async x => x;\n", "plugin"),
  inCore("core has a generic async arrow", "export const later = async <T>(x: T) => x;\n", "plugin"),
  inCore("core has an async method", "export class Machine {\n  protected static async step() {}\n}\n", "plugin"),
  inCore("core has an async private method", "export class Machine {\n  async #step() {}\n}\n", "plugin"),
  inCore("core has an async generator method", "export class Machine {\n  async *steps() {}\n}\n", "plugin"),
  inCore("core has an async method in an object", "export const machine = { async step() {} };\n", "plugin"),
  inCore("core awaits", "export const soon = await 1;\n", "plugin"),
  inCore("core awaits in a loop", "for await (const input of []) void input;\n", "plugin"),
  inCore("core loads code at run time", 'export const log = import("./log.js");\n', "plugin"),
  {
    title: "sim reads the clock",
    in: "packages/sim/src",
    source: "export const now = Date.now();\n",
    rule: "noRestrictedGlobals",
  },
  { title: "sim draws a random number", in: "packages/sim/src", source: "export const draw = Math.random();\n", rule: "plugin" },
];

/** Files that must pass: a rule that refuses everything would pass the table above. */
const clean: Sources = new Map([
  [
    "packages/core/src/good/machine.ts",
    'import { Encoder } from "cbor-x";\nimport { two } from "../two.js";\n\nexport const async = Math.max(two, 1);\n\n' +
      "export class Machine {\n  readonly encoder = new Encoder();\n  readonly date = 1;\n\n  async(process: number) {\n    return this.date + process;\n  }\n}\n",
  ],
  ["packages/core/src/two.ts", "export const two = 2;\n"],
  [
    "packages/net/src/good.ts",
    'import { hash } from "node:crypto";\nimport { two } from "@bft/core";\n\nexport const four = hash("x", two);\n',
  ],
  ["packages/net/src/good-pbft.ts", 'export { log } from "@bft/core/pbft";\n'],
  ["packages/replica/src/good.ts", 'export { host } from "@bft/net";\nexport { two } from "@bft/core";\n'],
  ["packages/sim/src/good.ts", 'export { two } from "@bft/core";\n\nexport const half = Math.floor(1.5);\n'],
  ["packages/cli/src/good.ts", 'export { replica } from "@bft/replica";\nexport { lie } from "@bft/sim/byzantine";\n'],
  [
    "packages/cli/src/commands/good.ts",
    'import { Command } from "@oclif/core";\n\nexport default class Good extends Command {\n  async run() {}\n}\n',
  ],
]);

/** Two files that import each other. */
const cycle: Sources = new Map([
  ["packages/replica/src/cycle/a.ts", 'import { b } from "./b.js";\n\nexport const a = () => b;\n'],
  ["packages/replica/src/cycle/b.ts", 'import { a } from "./a.js";\n\nexport const b = () => a;\n'],
]);

function fileOf({ in: folder }: Offence, index: number): string {
  return `${folder}/offence-${index}.ts`;
}

describe("import boundaries and the pure core", () => {
  let findings: readonly Finding[] = [];

  before(async () => {
    const bad = offences.map((offence, index) => [fileOf(offence, index), offence.source] as const);
    findings = await lint(new Map([...clean, ...cycle, ...bad]));
  });

  for (const [index, offence] of offences.entries()) {
    it(`refuses: ${offence.title}`, () => {
      const rules = findings.filter(({ file }) => file === fileOf(offence, index)).map(({ rule }) => rule);
      expect(rules).to.include(offence.rule);
    });
  }

  it("refuses: two files import each other", () => {
    const files = findings.filter(({ rule }) => rule === "noImportCycles").map(({ file }) => file);
    expect(files).to.have.members([...cycle.keys()]);
  });

  it("has nothing against files that keep the rules", () => {
    expect(findings.filter(({ file }) => clean.has(file))).to.deep.equal([]);
  });
});
