import { expect } from "chai";
import { compile, type Finding, type Sources } from "./tools.js";

/** What a host offers does not exist for the core, although its types are installed beside it. */
const offences = [
  {
    title: "a Node module",
    source: 'import { readFileSync } from "node:fs";\nexport const used = readFileSync;\n',
    rule: "TS2591",
  },
  { title: "process", source: "export const used = process.pid;\n", rule: "TS2591" },
  { title: "Buffer", source: "export const used = Buffer.alloc(1);\n", rule: "TS2591" },
  { title: "a timer", source: "export const used = setTimeout(() => undefined, 1);\n", rule: "TS2304" },
  { title: "console", source: 'console.log("prepared");\nexport {};\n', rule: "TS2584" },
  { title: "the browser's document", source: "export const used = document.title;\n", rule: "TS2584" },
  { title: "fetch", source: 'export const used = fetch("x");\n', rule: "TS2304" },
] as const;

const clean = "packages/core/src/clean.ts";

describe("the compiler's view of packages/core", () => {
  let findings: readonly Finding[] = [];

  before(async () => {
    const sources: Sources = new Map([
      [clean, 'import { Encoder } from "cbor-x";\n\nexport const used = "x".isWellFormed() && new Encoder();\n'],
      ...offences.map(({ source }, index) => [`packages/core/src/offence-${index}.ts`, source] as const),
    ]);
    findings = await compile("core", sources);
  });

  for (const [index, { title, rule }] of offences.entries()) {
    it(`does not know ${title}`, () => {
      const rules = findings
        .filter(({ file }) => file === `packages/core/src/offence-${index}.ts`)
        .map((finding) => finding.rule);
      expect(rules).to.deep.equal([rule]);
    });
  }

  it("has nothing against a file that needs no host", () => {
    expect(findings.filter(({ file }) => file === clean)).to.deep.equal([]);
  });
});
