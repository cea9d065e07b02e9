import type { Rule } from "@bft/core/evidence";
import type { KeptProof, ProofFileVerdict } from "@bft/replica";
import type { EvidenceReport } from "../services/evidence.js";
import { type Line, span } from "./line.js";
import { clockTime } from "./numbers.js";
import { wordsOf } from "./protocol-words.js";
import { counted, replicasNamed, wrapped } from "./text.js";

const INDENT = "  ";

/** What the two messages of a rule say against each other, and the paper's section. */
const RULES: Readonly<Record<Rule, { readonly what: string; readonly section: string }>> = {
  "two-pre-prepares": { what: "it proposed two batches for one sequence number of one view", section: "§4.2" },
  "two-prepares": { what: "it voted for two batches (prepare) for one sequence number of one view", section: "§4.2" },
  "two-commits": { what: "it voted for two batches (commit) for one sequence number of one view", section: "§4.2" },
  "two-checkpoints": { what: "it attested two states after one sequence number", section: "§4.3" },
  "two-view-changes": { what: "it told two stories when it asked for one view", section: "§4.4" },
  "two-new-views": { what: "it announced one view in two ways", section: "§4.4" },
  "hidden-certificate": {
    what: "it said that a batch had prepared at it, and left that out when it asked for a later view",
    section: "§4.2, §4.4",
  },
  "two-replies": { what: "it answered one request in two ways", section: "§4.1" },
  "two-proposals": {
    what: "as leader it offered two values for one place",
    section: "one leader offers one value for each place",
  },
};

/** All proofs, or that there are none and what was looked at. */
export function evidenceLines({ proofs, messages, witnesses }: EvidenceReport, protocol: string, columns: number): Line[] {
  const looked = `${counted(messages, "signed message")} that ${witnesses.length === 0 ? "nobody" : replicasNamed(witnesses)} took`;
  if (proofs.length === 0)
    return [
      [span("nobody is convicted", "good"), span(`: ${looked} contradict each other in nothing`)],
      ...dim(
        "A lie leaves a proof when the liar signs two messages that no correct replica signs both; silence and slowness do not.",
        columns,
      ),
    ];
  const accused = [...new Set(proofs.map((proof) => proof.accused))].sort((a, b) => a - b);
  return [
    [span(`convicted: ${replicasNamed(accused)}`, "lying"), span(`, by ${counted(proofs.length, "proof")}; looked at ${looked}`)],
    ...accused.flatMap((replica) => against(replica, proofs, protocol, columns)),
    [],
    ...dim(
      "Anybody who has the cluster's public keys can check a proof: bft evidence verify <file> --cluster cluster.json",
      columns,
    ),
  ];
}

/** The first proof of each rule: the others of it say the same of other places. */
function against(replica: number, all: readonly KeptProof[], protocol: string, columns: number): Line[] {
  const proofs = all.filter(({ accused }) => accused === replica).sort((a, b) => a.foundAtMs - b.foundAtMs);
  const rules = [...new Set(proofs.map(({ rule }) => rule))];
  return rules.flatMap((rule) => {
    const [first, ...more] = proofs.filter((proof) => proof.rule === rule);
    if (first === undefined) return [];
    const others = more.length === 0 ? [] : dim(`and ${counted(more.length, "proof")} more of this kind beside it`, columns);
    return [...proofLines(first, protocol, columns), ...others];
  });
}

function proofLines(
  { accused, rule, view, seq, first, second, file, foundAtMs }: KeptProof,
  protocol: string,
  columns: number,
): Line[] {
  const { what, section } = ruleNamed(rule);
  return [
    [],
    [span(`replica ${accused}`, "lying"), span(`  ${what} (${section})`)],
    ...dim(`${about(view, seq, protocol)}: ${first} and ${second}, found at ${clockTime(foundAtMs)}`, columns),
    ...dim(file, columns),
  ];
}

/** The verdict on one file. */
export function verdictLines(verdict: ProofFileVerdict, protocol: string): Line[] {
  if (!verdict.ok) return [[span("proves nothing", "bad"), span(`: ${refusals[verdict.reason]}`)]];
  const { accused, rule, view, seq, first, second } = verdict;
  const { what, section } = ruleNamed(rule);
  return [
    [span(`replica ${accused} is convicted`, "lying"), span(`: ${what} (${section})`)],
    [span(`${INDENT}${about(view, seq, protocol)}: its signatures are on both, a ${first} and a ${second}`)],
    [span(`${INDENT}It lied, or it lost what it had written down; a correct replica never signs both.`, "dim")],
  ];
}

const refusals: Readonly<Record<Extract<ProofFileVerdict, { ok: false }>["reason"], string>> = {
  "too-large": "the file is larger than any proof",
  "not-a-proof-file": "the file is not a proof; how one looks: docs/evidence.md",
  "other-cluster": "the file is about another cluster; name the configuration of that one with --cluster",
  "unknown-replica": "the accused is no replica of this cluster",
  "signature-invalid": "a signature is not the accused one's: what it stands under was forged or changed",
  "not-a-message": "what was signed is no message of the protocol",
  "no-contradiction": "a correct replica may well sign both messages",
};

function ruleNamed(rule: string): { readonly what: string; readonly section: string } {
  return RULES[rule as Rule] ?? { what: rule, section: "unknown" };
}

function about(view: number | null, seq: number | null, protocol: string): string {
  const words = wordsOf(protocol);
  const parts = [...(seq === null ? [] : [`${words.seq} ${seq}`]), ...(view === null ? [] : [`${words.view} ${view}`])];
  return parts.join(", ");
}

function dim(text: string, columns: number): Line[] {
  return wrapped(text, Math.max(1, columns - INDENT.length)).map((row): Line => [span(INDENT + row, "dim")]);
}
