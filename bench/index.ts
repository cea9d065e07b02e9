import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import type { ProtocolName } from "@bft/core";
import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { type Section, sectionMarkdown, sectionText } from "./report.js";
import { checkpoint } from "./sections/checkpoint.js";
import { cluster } from "./sections/cluster.js";
import { codec } from "./sections/codec.js";
import { failover } from "./sections/failover.js";
import { log } from "./sections/log.js";
import { protocols } from "./sections/protocols.js";
import { signatures } from "./sections/signatures.js";
import { simulator } from "./sections/simulator.js";
import { soak } from "./sections/soak.js";
import { startup } from "./sections/startup.js";
import { tracing } from "./sections/tracing.js";
import { transfer } from "./sections/transfer.js";

/** Those that start a cluster take its protocol. */
const SECTIONS: Readonly<Record<string, (protocol: ProtocolName) => Section | Promise<Section>>> = {
  signatures,
  codec,
  checkpoint,
  log,
  startup,
  simulator,
  cluster,
  protocols,
  tracing,
  failover,
  transfer,
  soak,
};
/** These take minutes: only when asked for by name, or with --all. */
const LONG = ["transfer", "soak"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: "boolean" },
    json: { type: "boolean" },
    markdown: { type: "string" },
    protocol: { type: "string", default: "pbft" },
  },
});

const protocol = PROTOCOL_NAMES.find((name) => name === values.protocol);
if (protocol === undefined) {
  process.stderr.write(`there is no protocol "${values.protocol}"; there are: ${PROTOCOL_NAMES.join(", ")}\n`);
  process.exit(2);
}
const unknown = positionals.filter((name) => SECTIONS[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`there is no benchmark "${unknown[0]}"; there are: ${Object.keys(SECTIONS).join(", ")}\n`);
  process.exit(2);
}
const wanted =
  positionals.length > 0 ? positionals : Object.keys(SECTIONS).filter((name) => values.all === true || !LONG.includes(name));

const machine = `${cpus().length} cores (${cpus()[0]?.model ?? "?"}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, ${process.platform}`;
const sections: Section[] = [];
for (const name of wanted) {
  process.stderr.write(`measuring ${name} …\n`);
  const section = await SECTIONS[name]?.(protocol);
  if (section === undefined) continue;
  sections.push(section);
  if (values.json !== true) process.stdout.write(`\n${sectionText(section)}`);
}
if (values.json === true) process.stdout.write(`${JSON.stringify({ machine, sections }, null, 2)}\n`);
if (values.markdown !== undefined) {
  const text = `# Performance

Written by \`npm run bench -- --all --markdown docs/performance.md\` on ${machine}.
Replicas, clients and the benchmark share these cores. Ratios compare figures of one run and carry over; absolute figures do not.

- Start-up: required are \`bft --help\` under 300 ms and \`bft submit\` under 500 ms on an idle machine.
- A checkpoint after 1 % of 200,000 keys changed must cost well under a tenth of the digest of all.
- \`fsync\` is the default durability: the difference to \`buffered\` is what safety against the loss of power costs.
- After the primary is killed, a client must be served again within twice the view-change timeout.
- Multi-Paxos and Raft are measured beside PBFT in one run, taking turns. They survive as many crashes with fewer replicas and messages, and
  no lie; what PBFT costs more is what tolerating lies costs.
- The simulator must deliver 50,000 messages a second on one core and let 100 seconds pass in one, with every checker on.
- Replicas write down what they do (\`--trace full\`, the default), so that a run can be checked, explained and replayed. That may cost at most
  15 % of the throughput; the two ways take turns.
- Over 300,000 operations the live heap of a replica must be flat and its log bounded by the checkpoints. Resident memory also holds
  what the garbage collector has not given back, and the pages of the state file.

`;
  writeFileSync(values.markdown, `${text}${sections.map(sectionMarkdown).join("\n")}`);
}
