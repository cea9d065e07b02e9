import type { ProtocolName } from "@bft/core";
import { PROTOCOL_NAMES, protocolNamed } from "@bft/core/protocols";
import { Random } from "../random.js";

/** What a seed decides and a person may pin. Chances are between 0 and 1, times in milliseconds. */
export interface PlanOptions {
  readonly mode: "random" | "twins" | "fuzz-small" | "fuzz-any";
  readonly rounds: number;
  readonly protocol: ProtocolName;
  readonly service: string;
  readonly f: number;
  readonly replicas: number;
  readonly clients: number;
  readonly requests: number;
  readonly trouble: number;
  readonly liars: number;
  readonly behaviour: string;
  readonly "lying-clients": number;
  readonly "client-behaviour": string;
  readonly crashes: number;
  readonly wipes: number;
  readonly cuts: number;
  readonly clogs: number;
  readonly slow: number;
  readonly drop: number;
  readonly duplicate: number;
  readonly late: number;
  readonly "late-ms": number;
  readonly "delay-ms": number;
  readonly reorder: boolean;
  readonly skew: number;
  readonly checkpoint: number;
  readonly pipeline: number;
  readonly batch: number;
  readonly window: number;
  readonly "timeout-ms": number;
  readonly "retry-ms": number;
  readonly reads: "ordered" | "fast";
  readonly compact: boolean;
}

export type OptionName = keyof PlanOptions;
export type Pins = Partial<PlanOptions>;

/** One option, as a person is told of it. */
export interface OptionInfo {
  readonly name: OptionName;
  readonly summary: string;
  /** @throws RangeError with a sentence when the text is no value of this option. */
  parse(text: string): string | number | boolean;
}

/** Nothing goes wrong. */
export const CALM: Pins = {
  liars: 0,
  "lying-clients": 0,
  crashes: 0,
  wipes: 0,
  cuts: 0,
  clogs: 0,
  slow: 0,
  drop: 0,
  duplicate: 0,
  late: 0,
  skew: 0,
};

/** Every behaviour of the catalogue may be drawn. */
export const ANY = "any";

export const PLAN_OPTIONS: readonly OptionInfo[] = [
  option(
    "mode",
    "what a seed stands for: random, twins, fuzz-small or fuzz-any",
    oneOf(["random", "twins", "fuzz-small", "fuzz-any"]),
  ),
  option("rounds", "rounds of a Twins scenario", integer(1, 6)),
  option("protocol", `protocol of the cluster: ${PROTOCOL_NAMES.join(", ")}`, oneOf(PROTOCOL_NAMES)),
  option("service", "what is replicated: kv, bank or counter", oneOf(["kv", "bank", "counter"])),
  option("f", "faulty replicas that the cluster is built for", integer(0, 5)),
  option("replicas", "replicas, at least 3f+1, or 2f+1 where only crashes are tolerated", integer(1, 31)),
  option("clients", "clients that submit", integer(1, 16)),
  option("requests", "requests that they submit in all", integer(0, 100_000)),
  option("trouble", "how long the trouble lasts, in ms, before everything heals", integer(0, 3_600_000)),
  option("liars", "replicas that lie; more than f may break safety", integer(0, 31)),
  option("behaviour", `how they lie: a name of bft byzantine --list, or ${ANY}`, text),
  option("lying-clients", "clients that lie", integer(0, 16)),
  option("client-behaviour", `how they lie: a name of bft byzantine --list, or ${ANY}`, text),
  option("crashes", "crashes of replicas", integer(0, 1000)),
  option("wipes", "correct replicas that lose their disk, at most f less the liars", integer(0, 5)),
  option("cuts", "times that the network is cut in parts, one-way or both ways", integer(0, 1000)),
  option("clogs", "times that links hold everything back for a while", integer(0, 1000)),
  option("slow", "times that a replica becomes slow", integer(0, 1000)),
  option("drop", "chance that a message is lost", fraction),
  option("duplicate", "chance that a message arrives twice", fraction),
  option("late", "chance that a message comes late", fraction),
  option("late-ms", "how late at the most", integer(0, 60_000)),
  option("delay-ms", "longest ordinary delay", integer(1, 60_000)),
  option("reorder", "messages may overtake one another on a link: true or false", flag),
  option("skew", "how far clocks run fast or slow: 0.2 is up to a fifth", fraction),
  option("checkpoint", "batches between two checkpoints", integer(1, 1024)),
  option("pipeline", "sequence numbers in flight", integer(1, 2048)),
  option("batch", "operations in a batch at the most", integer(1, 1024)),
  option("window", "requests that a client may have outstanding", integer(1, 64)),
  option("timeout-ms", "view-change timeout, which doubles with every failed view", integer(10, 60_000)),
  option("retry-ms", "how long a client waits before it asks all replicas", integer(1, 60_000)),
  option("reads", "how reads are answered: ordered or fast", oneOf(["ordered", "fast"])),
  option("compact", "stable checkpoints take the place of older records: true or false", flag),
];

/**
 * Draws every option that is not pinned, each from a sequence of its own: pinning one leaves the others as they were. Swarm: in
 * most runs some kinds of fault do not happen at all and others often, as that finds more than everything a little.
 */
export function drawOptions(seed: number, pins: Pins): PlanOptions {
  const draw = <K extends OptionName>(name: K, choose: (random: Random) => PlanOptions[K]): PlanOptions[K] =>
    (pins[name] as PlanOptions[K] | undefined) ?? choose(new Random(seed, `option ${name}`));
  const quiet = new Random(seed, "quiet").chance(0.12);
  const often = (random: Random, many: number) => (quiet ? 0 : random.pick([0, 0, 1, 2, many]));
  const noise = (random: Random, levels: readonly number[]) => (quiet || random.chance(0.5) ? 0 : random.pick(levels));
  const protocol = draw("protocol", () => "pbft");
  // Who tolerates crashes only is promised nothing under lies: they are told where a person pins them.
  const { toleratesLies, replicasFor } = protocolNamed(protocol);
  // Elections close to one another: leaders that come and go, messages that take as long as anybody waits for them.
  const contested = !toleratesLies && !quiet && new Random(seed, "contested").chance(0.4);
  const f = draw("f", (random) => random.pick([1, 1, 1, 1, 2]));
  const liars = draw("liars", (random) =>
    quiet || !toleratesLies ? 0 : random.pick([0, ...Array.from({ length: 3 * f }, (_, i) => 1 + (i % f))]),
  );
  const requests = draw("requests", (random) => random.pick([8, 20, 40, 80]));
  const lyingClients = draw("lying-clients", (random) => (quiet || random.chance(0.75) ? 0 : 1));
  const checkpoint = draw("checkpoint", (random) => random.pick([1, 2, 3, 4, 8]));
  return {
    mode: draw("mode", () => "random"),
    rounds: draw("rounds", () => 3),
    protocol,
    // What a lying client does would be seen in a counter and a bank: with kv it keeps to keys of its own.
    service: draw("service", (random) => (lyingClients > 0 ? "kv" : random.pick(["kv", "kv", "kv", "kv", "bank", "counter"]))),
    f,
    replicas: draw("replicas", (random) => replicasFor(f) + (random.chance(0.2) ? 1 + random.below(2) : 0)),
    clients: draw("clients", (random) => 1 + lyingClients + random.below(3)),
    requests,
    trouble: draw("trouble", (random) => random.pick(contested ? [4_000, 8_000] : [1_000, 4_000, 8_000])),
    liars,
    behaviour: draw("behaviour", () => ANY),
    "lying-clients": lyingClients,
    "client-behaviour": draw("client-behaviour", () => ANY),
    crashes: draw("crashes", (random) => (contested ? random.pick([2, 12, 30]) : often(random, 12))),
    wipes: draw("wipes", (random) => (!quiet && liars < f && random.chance(0.55) ? 1 : 0)),
    cuts: draw("cuts", (random) => often(random, 8)),
    clogs: draw("clogs", (random) => often(random, 4)),
    slow: draw("slow", (random) => often(random, 3)),
    drop: draw("drop", (random) => noise(random, [0.01, 0.05, 0.2, 0.4])),
    duplicate: draw("duplicate", (random) => noise(random, [0.02, 0.3])),
    late: draw("late", (random) => noise(random, [0.02, 0.2])),
    "late-ms": draw("late-ms", (random) => random.pick([100, 500, 1_500, 5_000])),
    "delay-ms": draw("delay-ms", (random) => random.pick(contested ? [10, 50, 150] : [2, 10, 10, 50, 150])),
    reorder: draw("reorder", (random) => random.chance(0.5)),
    skew: draw("skew", (random) => (quiet ? 0 : random.pick([0, 0, 0.05, 0.3]))),
    checkpoint,
    pipeline: draw("pipeline", (random) => Math.min(random.pick([1, 2, 4, 16]), 2 * checkpoint)),
    batch: draw("batch", (random) => random.pick([1, 4, 16])),
    window: draw("window", (random) => random.pick([1, 2, 8, 16])),
    // Shorter than messages take, it has to double before anything gets through.
    "timeout-ms": draw("timeout-ms", (random) => random.pick(contested ? [200, 50, 50] : [1_000, 1_000, 1_000, 200, 50])),
    // Asked early, the backups know of a request while it is under way, and time it.
    "retry-ms": draw("retry-ms", (random) => random.pick([300, 300, 20])),
    reads: draw("reads", (random) => (toleratesLies ? random.pick(["ordered", "ordered", "fast"]) : "ordered")),
    compact: draw("compact", (random) => random.chance(0.6)),
  };
}

function option(name: OptionName, summary: string, parse: (text: string, name: string) => string | number | boolean): OptionInfo {
  return { name, summary, parse: (text) => parse(text, name) };
}

function integer(min: number, max: number) {
  return (text: string, name: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new RangeError(`${name} must be an integer from ${min} to ${max}, got "${text}"`);
    return value;
  };
}

function fraction(text: string, name: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${name} must be a number from 0 to 1, got "${text}"`);
  return value;
}

function flag(text: string, name: string): boolean {
  if (text !== "true" && text !== "false") throw new RangeError(`${name} must be true or false, got "${text}"`);
  return text === "true";
}

function oneOf(values: readonly string[]) {
  return (text: string, name: string): string => {
    if (!values.includes(text)) throw new RangeError(`${name} must be one of ${values.join(", ")}; got "${text}"`);
    return text;
  };
}

function text(value: string): string {
  return value;
}
