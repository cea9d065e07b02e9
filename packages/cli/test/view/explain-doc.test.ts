import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { inProject } from "../../../../test/support/project.js";
import { PAXOS_REASONS, RAFT_REASONS } from "../../src/services/explain/reasons/crash.js";
import { NET_REASONS } from "../../src/services/explain/reasons/net.js";
import { PBFT_REASONS } from "../../src/services/explain/reasons/pbft.js";
import type { ReasonKind, ReasonTable, ReasonWords } from "../../src/services/explain/reasons/reason.js";
import { KINDS } from "../services/explain/support.js";

const FILE = inProject("docs", "explain.md");
const UPDATE = process.env["UPDATE_DOCS"] === "1";
const [BEGIN, END] = [
  "<!-- reasons: made by UPDATE_DOCS=1 npm test -- packages/cli/test/view/explain-doc.test.ts -->",
  "<!-- end -->",
];

const NORMAL: Readonly<Record<ReasonKind, string>> = {
  repeat: "always",
  timing: "now and then",
  bound: "not for long",
  fault: "**no**",
};
const ORDER: readonly ReasonKind[] = ["repeat", "timing", "bound", "fault"];

function tableOf(title: string, table: ReasonTable<string>): string {
  const entries = Object.entries(table) as (readonly [string, ReasonWords])[];
  const sorted = [...entries].sort(([, a], [, b]) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const rows = sorted.map(
    ([reason, { kind, words, section }]) => `| \`${reason}\` | ${NORMAL[kind]} | ${words} | ${section ?? ""} |`,
  );
  return [`### ${title}`, "", "| reason | normal | it was refused because | paper |", "|---|---|---|---|", ...rows].join("\n");
}

describe("docs/explain.md", () => {
  it("tells of every verdict", () => {
    const text = readFileSync(FILE, "utf8");
    expect(KINDS.filter((kind) => !text.includes(`\`${kind}\``))).to.deep.equal([]);
  });

  it("has the reasons as the code has them", () => {
    const tables = [
      tableOf("PBFT", PBFT_REASONS),
      tableOf("Multi-Paxos", PAXOS_REASONS),
      tableOf("Raft", RAFT_REASONS),
      tableOf("The network, before any protocol", NET_REASONS),
    ];
    const text = readFileSync(FILE, "utf8");
    const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
    expect(from, "the mark where the tables begin").to.be.greaterThan(0);
    expect(to, "the mark where they end").to.be.greaterThan(from);
    const right = `${text.slice(0, from + BEGIN.length)}\n\n${tables.join("\n\n")}\n\n${text.slice(to)}`;
    if (UPDATE) writeFileSync(FILE, right);
    else expect(text, "make it anew with: UPDATE_DOCS=1 npm test -- packages/cli/test/view/explain-doc.test.ts").to.equal(right);
  });
});
