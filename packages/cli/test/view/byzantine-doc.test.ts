import { readFileSync, writeFileSync } from "node:fs";
import { type BehaviourInfo, behavioursOf, CLIENT_BEHAVIOURS } from "@bft/sim/byzantine";
import { expect } from "chai";
import { inProject } from "../../../../test/support/project.js";
import { type Group, inGroups } from "../../src/view/behaviour-groups.js";

const FILE = inProject("docs", "byzantine.md");
const UPDATE = process.env["UPDATE_DOCS"] === "1";
const [BEGIN, END] = [
  "<!-- catalogue: made by UPDATE_DOCS=1 npm test -- packages/cli/test/view/byzantine-doc.test.ts -->",
  "<!-- end -->",
];

/** Tables under the groups' titles. */
function tablesOf(behaviours: readonly BehaviourInfo[], title: string, holds: string): readonly string[] {
  return inGroups(behaviours).map((group: Group<BehaviourInfo>) => {
    const rows = group.behaviours.map((each) => `| \`${each.name}\` | ${each.summary} | ${each.holds} |`);
    return [`### ${title}${group.title}`, "", `| name | what it does | ${holds} |`, "|---|---|---|", ...rows].join("\n");
  });
}

/** Raft's lies; where Multi-Paxos's is told otherwise or not at all, that is said. */
function crashLies(): readonly BehaviourInfo[] {
  const paxos = behavioursOf("multipaxos");
  return behavioursOf("raft").map((info) => {
    const other = paxos.find(({ name }) => name === info.name);
    if (other?.summary === info.summary) return info;
    return { ...info, summary: `${info.summary}; in Multi-Paxos: ${other?.summary ?? "not told"}` };
  });
}

describe("docs/byzantine.md", () => {
  it("has the catalogue as the code has it", () => {
    const tables = [
      ...tablesOf(behavioursOf("pbft"), "PBFT: ", "what must hold"),
      ...tablesOf(crashLies(), "Multi-Paxos and Raft: ", "what it breaks, and what PBFT has against it"),
      ...tablesOf(CLIENT_BEHAVIOURS, "", "what must hold"),
    ];
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
