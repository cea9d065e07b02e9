import type { Action, Deed, Plan } from "../plan/plan.js";
import { clipped, counted, idList, quoted, readIds, readNumber, readQuoted, readWhole, Unreadable } from "./text.js";

type Heal = Plan["heal"];

/** One deed as a sentence, such as `crash replica 2 after 3 effects, 1 record torn`. */
export function writeDeed(deed: Deed): string {
  switch (deed.kind) {
    case "submit":
      return `client ${deed.client} ${deed.readOnly ? "reads" : "submits"} ${deed.operations.map(quoted).join(", ")}`;
    case "crash": {
      const after = deed.effects === 0 ? "" : ` after ${counted(deed.effects, "effect")}`;
      const torn = deed.torn === 0 ? "" : `, ${counted(deed.torn, "record")} torn`;
      return `crash replica ${deed.replica}${after}${torn}`;
    }
    case "restart":
    case "wipe":
      return `${deed.kind} replica ${deed.replica}`;
    case "cut":
    case "clog":
      return `${deed.kind} the links from ${idList(deed.from)} to ${idList(deed.to)}`;
    case "mend":
      return "mend all links";
    case "slow":
      return `slow replica ${deed.replica} to ${deed.inputMs} ms an input`;
  }
}

export function writeHeal({ core, withinMs }: Heal): string {
  return `heal; ${idList(core)} must finish within ${withinMs} ms`;
}

/** What one sentence may look like, and what it then says. */
interface Sentence {
  readonly pattern: RegExp;
  /** `words`: what the groups of the pattern matched, "" where one is left out. */
  readonly read: (words: readonly string[]) => Deed;
}

const SENTENCES: readonly Sentence[] = [
  {
    pattern: /^client (\d+) (submits|reads) (.*)$/s,
    read: ([client = "", verb, operations = ""]) => ({
      kind: "submit",
      client: readWhole(client, "a client"),
      operations: readQuoted(operations),
      readOnly: verb === "reads",
    }),
  },
  {
    pattern: /^crash replica (\d+)(?: after (\d+) effects?)?(?:, (\d+) records? torn)?$/,
    read: ([replica, effects, torn]) => ({
      kind: "crash",
      replica: replicaOf(replica),
      effects: readWhole(effects || "0", "the number of effects"),
      torn: readWhole(torn || "0", "the number of torn records"),
    }),
  },
  { pattern: /^restart replica (\d+)$/, read: ([replica]) => ({ kind: "restart", replica: replicaOf(replica) }) },
  { pattern: /^wipe replica (\d+)$/, read: ([replica]) => ({ kind: "wipe", replica: replicaOf(replica) }) },
  {
    pattern: /^(cut|clog) the links from (none|\d[\d, ]*) to (none|\d[\d, ]*)$/,
    read: ([kind, from = "", to = ""]) => ({ kind: kind === "cut" ? "cut" : "clog", from: readIds(from), to: readIds(to) }),
  },
  { pattern: /^mend all links$/, read: () => ({ kind: "mend" }) },
  {
    pattern: /^slow replica (\d+) to (\S+) ms an input$/,
    read: ([replica, inputMs = ""]) => ({ kind: "slow", replica: replicaOf(replica), inputMs: readNumber(inputMs, "the time") }),
  },
];

const heal = /^heal; (none|\d[\d, ]*) must finish within (\S+) ms$/;

/** One timed line of the script: an action, or the heal that ends it. @throws Unreadable */
export function readTimed(text: string): { readonly action: Action } | { readonly heal: Heal } {
  const timed = /^(\S+) ms +(.*)$/s.exec(text);
  if (timed === null) throw new Unreadable(`an action begins with its time, such as 1200 ms, not "${clipped(text)}"`);
  const [, time = "", what = ""] = timed;
  const at = readNumber(time, "the time of an action");
  const healed = heal.exec(what);
  if (healed !== null) {
    const [, core = "", withinMs = ""] = healed;
    return { heal: { at, core: readIds(core), withinMs: readNumber(withinMs, "the time to finish") } };
  }
  for (const { pattern, read } of SENTENCES) {
    const found = pattern.exec(what);
    if (found !== null) return { action: { at, ...read(found.slice(1).map((each) => each ?? "")) } };
  }
  throw new Unreadable(
    `"${clipped(what)}" is no action; there are: client … submits, client … reads, crash, restart, wipe, cut, clog, mend, slow, heal`,
  );
}

function replicaOf(text = ""): number {
  return readWhole(text, "a replica");
}
