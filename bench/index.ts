import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import type { ProtocolName } from "@bft/core";
import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { page } from "./page.js";
import { type Section, sectionText } from "./report.js";
import { authentication } from "./sections/authentication.js";
import { checkpoint } from "./sections/checkpoint.js";
import { cluster } from "./sections/cluster.js";
import { codec } from "./sections/codec.js";
import { depth } from "./sections/depth.js";
import { failover } from "./sections/failover.js";
import { liars } from "./sections/liars.js";
import { load } from "./sections/load.js";
import { log } from "./sections/log.js";
import { machine as machineSteps } from "./sections/machine.js";
import { protocols } from "./sections/protocols.js";
import { signatures } from "./sections/signatures.js";
import { simulator } from "./sections/simulator.js";
import { sizes } from "./sections/sizes.js";
import { soak } from "./sections/soak.js";
import { startup } from "./sections/startup.js";
import { state } from "./sections/state.js";
import { targets } from "./sections/targets.js";
import { tracing } from "./sections/tracing.js";
import { transfer } from "./sections/transfer.js";

/** Those that start a cluster take its protocol. */
const SECTIONS: Readonly<Record<string, (protocol: ProtocolName) => Section | Promise<Section>>> = {
  targets,
  load,
  depth,
  sizes,
  state,
  authentication,
  liars,
  protocols,
  cluster,
  tracing,
  failover,
  transfer,
  soak,
  signatures,
  codec,
  machine: machineSteps,
  checkpoint,
  log,
  startup,
  simulator,
};
/** These take minutes: only when asked for by name, or with --all. */
const LONG = ["depth", "sizes", "state", "liars", "transfer", "soak"];

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
  const before = values.all !== true && existsSync(values.markdown) ? readFileSync(values.markdown, "utf8") : null;
  writeFileSync(values.markdown, page(before, machine, sections));
}
