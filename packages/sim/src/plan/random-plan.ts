import type { Protocol, ProtocolName } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { CLIENT_BEHAVIOURS } from "../byzantine/clients/index.js";
import { behavioursOf, seatIn } from "../byzantine/index.js";
import { Random } from "../random.js";
import { ANY, drawOptions, type Pins, type PlanOptions } from "./options.js";
import type { Action, NetworkPlan, Plan, PlanSettings } from "./plan.js";
import { optionsFor, stage, stagedFor } from "./staging.js";
import { nextWork } from "./workload.js";

/** After the trouble: what the longest doubled timeouts and a slow catch-up may take. */
const HEALED_WITHIN_MS = 240_000;

/**
 * Everything that one seed decides, with what is pinned in its place.
 * @throws RangeError when the pinned options do not go together, or name a behaviour that there is not
 */
export function randomPlan(seed: number, pins: Pins): Plan {
  const drawn = drawOptions(seed, pins);
  protocolNamed(drawn.protocol).quorums(drawn.replicas, drawn.f);
  if (drawn.liars > drawn.replicas) throw new RangeError(`${drawn.liars} liars are more than the ${drawn.replicas} replicas`);
  const cast = new Cast(seed, drawn);
  const behaviours = cast.liars.map(({ behaviour }) => behaviour);
  const staged = stagedFor(seed, drawn.protocol, behaviours, pins);
  const options = optionsFor(staged, seed, drawn, pins);
  const actions = [
    ...submissions(seed, options, cast),
    ...troubles(seed, options, cast),
    ...stage(staged, seed, options, cast.correct),
  ];
  return {
    seed,
    protocol: options.protocol,
    service: options.service,
    faults: options.f,
    replicas: options.replicas,
    clients: options.clients,
    settings: settingsOf(seed, options),
    network: networkOf(options),
    liars: cast.liars,
    twins: [],
    lyingClients: cast.lyingClients,
    actions: actions.sort((a, b) => a.at - b.at),
    heal: { at: options.trouble, core: cast.core, withinMs: HEALED_WITHIN_MS },
  };
}

/** Who plays which part. */
class Cast {
  readonly liars: Plan["liars"];
  readonly lyingClients: Plan["lyingClients"];
  readonly correct: readonly number[];
  /** Those who lose their disk: they count as faulty until they vote again. */
  readonly wiped: readonly number[];
  /** Who is healed; empty with more liars than the cluster is built for, where nothing is promised. */
  readonly core: readonly number[];

  constructor(seed: number, { f, replicas, clients, liars, behaviour, wipes, ...options }: PlanOptions) {
    const random = new Random(seed, "cast");
    const all = Array.from({ length: replicas }, (_, id) => id);
    const behaviours = behavioursOf(options.protocol);
    const shared = random.pick(behaviours).name;
    const together = random.chance(0.4);
    this.liars = seated(
      random,
      options.protocol,
      random.sample(all, liars).map((replica) => ({
        replica,
        behaviour: known(behaviours, behaviour === ANY ? (together ? shared : random.pick(behaviours).name) : behaviour),
      })),
    ).toSorted((a, b) => a.replica - b.replica);
    this.correct = all.filter((id) => !this.liars.some(({ replica }) => replica === id));
    this.wiped = random.sample(this.correct, Math.min(wipes, Math.max(0, f - liars)));
    this.lyingClients = Array.from({ length: Math.min(options["lying-clients"], clients) }, (_, index) => {
      const drawn = random.pick(CLIENT_BEHAVIOURS).name;
      const name = options["client-behaviour"] === ANY ? drawn : options["client-behaviour"];
      return { client: clients - 1 - index, behaviour: known(CLIENT_BEHAVIOURS, name) };
    });
    this.core = liars > f ? [] : this.#core(random, protocolNamed(options.protocol), f);
  }

  /** A quorum that never lost its disk, or all of the correct ones; where only crashes are tolerated a lost disk is lost for good. */
  #core(random: Random, { toleratesLies, quorums }: Protocol, f: number): number[] {
    const firm = this.correct.filter((id) => !this.wiped.includes(id));
    if (random.chance(0.5)) return toleratesLies ? [...this.correct] : firm;
    return random.sample(firm, quorums(this.correct.length + this.liars.length, f).quorum).sort((a, b) => a - b);
  }
}

/** Who lies as primary often is the first one, and who lies in view changes the next: elsewhere they hardly come to their lies. */
function seated(random: Random, protocol: ProtocolName, liars: Plan["liars"]): Plan["liars"] {
  const [first, ...others] = liars;
  const seat = first === undefined ? null : seatIn(protocol, first.behaviour);
  if (first === undefined || seat === null || others.some(({ replica }) => replica === seat) || random.chance(0.5)) return liars;
  return [{ ...first, replica: seat }, ...others];
}

function known(catalogue: readonly { readonly name: string }[], name: string): string {
  if (!catalogue.some((each) => each.name === name))
    throw new RangeError(`there is no behaviour "${name.slice(0, 40)}"; see bft byzantine --list`);
  return name;
}

function settingsOf(seed: number, options: PlanOptions): PlanSettings {
  const random = new Random(seed, "clocks");
  return {
    checkpointInterval: options.checkpoint,
    pipelineDepth: Math.min(options.pipeline, 2 * options.checkpoint),
    batchOperationsMax: options.batch,
    clientWindow: options.window,
    viewChangeTimeoutMs: options["timeout-ms"],
    statusIntervalMs: 200,
    clientRetryMs: options["retry-ms"],
    reads: options.reads,
    compact: options.compact,
    clockRates: Array.from({ length: options.replicas }, () => 1 + options.skew * (2 * random.next() - 1) * 0.9),
  };
}

function networkOf(options: PlanOptions): NetworkPlan {
  return {
    delayMsMin: Math.min(1, options["delay-ms"]),
    delayMsMax: options["delay-ms"],
    late: options.late,
    lateMsMax: options["late-ms"],
    drop: options.drop,
    duplicate: options.duplicate,
    reorder: options.reorder,
  };
}

function submissions(
  seed: number,
  { requests, clients, trouble, service, batch }: PlanOptions,
  { lyingClients }: Cast,
): Action[] {
  const random = new Random(seed, "workload");
  // All at once, or over the whole time.
  const span = random.chance(0.2) ? trouble / 10 : trouble;
  return Array.from({ length: requests }, (_, index) => {
    const client = random.below(clients);
    const lies = lyingClients.some((each) => each.client === client);
    const work = nextWork(service, random, index + 1, lies ? "liar" : "k", batch);
    return { at: Math.floor(random.next() * span), kind: "submit", client, ...work };
  });
}

function troubles(seed: number, options: PlanOptions, cast: Cast): Action[] {
  const { trouble, replicas } = options;
  const all = Array.from({ length: replicas }, (_, id) => id);
  const times = (name: string, count: number, make: (random: Random, at: number) => Action[]): Action[] => {
    const random = new Random(seed, name);
    return Array.from({ length: count }, () => make(random, Math.floor(random.next() * trouble))).flat();
  };
  const later = (random: Random, at: number, share: number) =>
    Math.min(trouble, at + 1 + Math.floor(random.next() * trouble * share));
  return [
    ...times("crashes", options.crashes, (random, at) => crash(random, at, random.pick(all), later(random, at, 0.3))),
    ...times("wipes", cast.wiped.length, (random, at) => {
      const replica = cast.wiped[0] as number;
      return [
        { at, kind: "wipe", replica },
        { at: later(random, at, 0.5), kind: "restart", replica },
      ];
    }),
    ...times("cuts", options.cuts, (random, at) => [...cut(random, at, all), { at: later(random, at, 0.4), kind: "mend" }]),
    ...times("clogs", options.clogs, (random, at) => [
      { at, kind: "clog", from: [random.pick(all)], to: random.chance(0.5) ? all : [random.pick(all)] },
      { at: later(random, at, 0.4), kind: "mend" },
    ]),
    ...times("slow", options.slow, (random, at) => {
      const replica = random.pick(all);
      return [
        { at, kind: "slow", replica, inputMs: random.pick([1, 5, 20]) },
        { at: later(random, at, 0.3), kind: "slow", replica, inputMs: 0 },
      ];
    }),
  ];
}

/** Now, or in the midst of a later step; often the last records are torn off. One that is hit twice soon dies in its recovery. */
function crash(random: Random, at: number, replica: number, back: number): Action[] {
  const effects = random.chance(0.3) ? 0 : 1 + random.below(12);
  const torn = random.pick([0, 0, 1, 2, 5]);
  const again: Action[] = random.chance(0.2) ? [{ at: back, kind: "crash", replica, effects: 1 + random.below(6), torn }] : [];
  const restart: Action[] = random.chance(0.9) ? [{ at: back, kind: "restart", replica }] : [];
  return [{ at, kind: "crash", replica, effects, torn }, ...again, ...restart];
}

/** Both ways or one way, between two parts, or around one replica. */
function cut(random: Random, at: number, all: readonly number[]): Action[] {
  const side = random.chance(0.3) ? [random.pick(all)] : all.filter(() => random.chance(0.5));
  const rest = all.filter((id) => !side.includes(id));
  const away: Action = { at, kind: "cut", from: side, to: rest };
  return random.chance(0.5) ? [away] : [away, { at, kind: "cut", from: rest, to: side }];
}
