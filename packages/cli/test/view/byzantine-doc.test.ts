import { readFileSync, writeFileSync } from "node:fs";
import { BEHAVIOURS, type BehaviourInfo, CLIENT_BEHAVIOURS } from "@bft/sim/byzantine";
import { expect } from "chai";
import { inProject } from "../../../../test/support/project.js";
import { type Group, inGroups } from "../../src/view/behaviour-groups.js";

const FILE = inProject("docs", "byzantine.md");
const UPDATE = process.env["UPDATE_DOCS"] === "1";
const [BEGIN, END] = [
  "<!-- catalogue: made by UPDATE_DOCS=1 npm test -- packages/cli/test/view/byzantine-doc.test.ts -->",
  "<!-- end -->",
];

function tableOf({ title, behaviours }: Group<BehaviourInfo>): string {
  const rows = behaviours.map(({ name, summary, holds }) => `| \`${name}\` | ${summary} | ${holds} |`);
  return [`### ${title}`, "", "| name | what it does | what must hold |", "|---|---|---|", ...rows].join("\n");
}

describe("docs/byzantine.md", () => {
  it("has the catalogue as the code has it", () => {
    const tables = inGroups([...BEHAVIOURS, ...CLIENT_BEHAVIOURS]).map(tableOf);
    const text = readFileSync(FILE, "utf8");
    const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
    expect(from, "the mark where the catalogue begins").to.be.greaterThan(0);
    expect(to, "the mark where it ends").to.be.greaterThan(from);
    const right = `${text.slice(0, from + BEGIN.length)}\n\n${tables.join("\n\n")}\n\n${text.slice(to)}`;
    if (UPDATE) writeFileSync(FILE, right);
    else
      expect(text, `make it anew with: UPDATE_DOCS=1 npm test -- packages/cli/test/view/byzantine-doc.test.ts`).to.equal(right);
  });
});
