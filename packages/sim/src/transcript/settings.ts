import type { Plan } from "../plan/plan.js";
import { clipped, idList, readIds, readNumber, readWhole, Unreadable } from "./text.js";

/** One line `name: value` at the head of a transcript. */
export interface Setting {
  readonly name: string;
  write(plan: Plan): string;
  /** The plan with this one set. @throws Unreadable */
  read(plan: Plan, text: string): Plan;
}

/** How one kind of value is written. */
interface Format<T> {
  readonly write: (value: T) => string;
  readonly read: (text: string, name: string) => T;
}

/** More than a laptop could simulate: a file from somewhere else must not take the memory. */
const COUNT_MAX = 1000;

const whole: Format<number> = { write: String, read: readWhole };
const milliseconds: Format<number> = {
  write: (ms) => `${ms} ms`,
  read: (text, name) => readNumber(match(/^(\S+) ms$/, text, `${name} is a time such as 20 ms`)[0], name),
};
const word: Format<string> = {
  write: (value) => value,
  read: (text, name) => match(/^(\S{1,100})$/, text, `${name} is one word`)[0],
};
const yesNo: Format<boolean> = {
  write: (value) => (value ? "yes" : "no"),
  read: (text, name) => oneOf(["yes", "no"], text, name) === "yes",
};
const share: Format<number> = {
  write: String,
  read(text, name) {
    const value = readNumber(text, name);
    if (value > 1) throw new Unreadable(`${name} is a share from 0 to 1, not ${clipped(text)}`);
    return value;
  },
};

function count(min: number): Format<number> {
  return {
    write: String,
    read(text, name) {
      const value = readWhole(text, name);
      if (value < min || value > COUNT_MAX) throw new Unreadable(`${name} is from ${min} to ${COUNT_MAX}, not ${clipped(text)}`);
      return value;
    },
  };
}

/** `1 collude, 3 silent`: ids, and how each behaves. */
const behaviours: Format<readonly { readonly id: number; readonly behaviour: string }[]> = {
  write: (all) => (all.length === 0 ? "none" : all.map(({ id, behaviour }) => `${id} ${behaviour}`).join(", ")),
  read: (text, name) =>
    text === "none"
      ? []
      : text.split(", ").map((each) => {
          const [id, behaviour] = match(/^(\d+) (\S{1,100})$/, each, `${name} are ids with a behaviour each, such as 1 silent`);
          return { id: readWhole(id, name), behaviour };
        }),
};

const ids: Format<readonly number[]> = { write: idList, read: readIds };

function setting<T>(name: string, format: Format<T>, of: (plan: Plan) => T, onto: (plan: Plan, value: T) => Plan): Setting {
  return {
    name,
    write: (plan) => format.write(of(plan)),
    read: (plan, text) => onto(plan, format.read(text, name)),
  };
}

function ofSettings<K extends keyof Plan["settings"]>(name: string, key: K, format: Format<Plan["settings"][K]>): Setting {
  return setting(
    name,
    format,
    (plan) => plan.settings[key],
    (plan, value) => ({ ...plan, settings: { ...plan.settings, [key]: value } }),
  );
}

function ofNetwork<K extends keyof Plan["network"]>(name: string, key: K, format: Format<Plan["network"][K]>): Setting {
  return setting(
    name,
    format,
    (plan) => plan.network[key],
    (plan, value) => ({ ...plan, network: { ...plan.network, [key]: value } }),
  );
}

/** All that a plan says but for its actions, in the order in which it is written; each stands in a transcript once. */
export const SETTINGS: readonly Setting[] = [
  setting(
    "seed",
    whole,
    (plan) => plan.seed,
    (plan, seed) => ({ ...plan, seed }),
  ),
  setting(
    "protocol",
    word,
    (plan) => plan.protocol,
    (plan, protocol) => ({ ...plan, protocol }),
  ),
  setting(
    "service",
    word,
    (plan) => plan.service,
    (plan, service) => ({ ...plan, service }),
  ),
  setting(
    "f",
    count(0),
    (plan) => plan.faults,
    (plan, faults) => ({ ...plan, faults }),
  ),
  setting(
    "replicas",
    count(1),
    (plan) => plan.replicas,
    (plan, replicas) => ({ ...plan, replicas }),
  ),
  setting(
    "clients",
    count(0),
    (plan) => plan.clients,
    (plan, clients) => ({ ...plan, clients }),
  ),
  setting(
    "liars",
    behaviours,
    (plan) => plan.liars.map(({ replica, behaviour }) => ({ id: replica, behaviour })),
    (plan, all) => ({ ...plan, liars: all.map(({ id, behaviour }) => ({ replica: id, behaviour })) }),
  ),
  setting(
    "twins",
    ids,
    (plan) => plan.twins,
    (plan, twins) => ({ ...plan, twins }),
  ),
  setting(
    "lying clients",
    behaviours,
    (plan) => plan.lyingClients.map(({ client, behaviour }) => ({ id: client, behaviour })),
    (plan, all) => ({ ...plan, lyingClients: all.map(({ id, behaviour }) => ({ client: id, behaviour })) }),
  ),
  ofSettings("checkpoint interval", "checkpointInterval", whole),
  ofSettings("pipeline depth", "pipelineDepth", whole),
  ofSettings("batch operations", "batchOperationsMax", whole),
  ofSettings("client window", "clientWindow", whole),
  ofSettings("view change timeout", "viewChangeTimeoutMs", milliseconds),
  ofSettings("status interval", "statusIntervalMs", milliseconds),
  ofSettings("client retry", "clientRetryMs", milliseconds),
  ofSettings("reads", "reads", { write: String, read: (text, name) => oneOf(["ordered", "fast"] as const, text, name) }),
  ofSettings("compact log", "compact", yesNo),
  ofSettings("clock rates", "clockRates", {
    write: (rates) => rates.join(" "),
    read: (text, name) => text.split(" ").map((rate) => readNumber(rate, name)),
  }),
  ofNetwork("delay from", "delayMsMin", milliseconds),
  ofNetwork("delay to", "delayMsMax", milliseconds),
  ofNetwork("late", "late", share),
  ofNetwork("late to", "lateMsMax", milliseconds),
  ofNetwork("drop", "drop", share),
  ofNetwork("duplicate", "duplicate", share),
  ofNetwork("reorder", "reorder", yesNo),
];

/** Where reading begins. Every setting above takes the place of something here. */
export const BLANK: Plan = {
  seed: 0,
  protocol: "",
  service: "",
  faults: 0,
  replicas: 0,
  clients: 0,
  settings: {
    checkpointInterval: 0,
    pipelineDepth: 0,
    batchOperationsMax: 0,
    clientWindow: 0,
    viewChangeTimeoutMs: 0,
    statusIntervalMs: 0,
    clientRetryMs: 0,
    reads: "ordered",
    compact: true,
    clockRates: [],
  },
  network: { delayMsMin: 0, delayMsMax: 0, late: 0, lateMsMax: 0, drop: 0, duplicate: 0, reorder: false },
  liars: [],
  twins: [],
  lyingClients: [],
  actions: [],
  heal: { at: 0, core: [], withinMs: 0 },
};

function match(pattern: RegExp, text: string, expected: string): [string, string] {
  const found = pattern.exec(text);
  if (found === null) throw new Unreadable(`${expected}, not "${clipped(text)}"`);
  return [found[1] ?? "", found[2] ?? ""];
}

function oneOf<T extends string>(known: readonly T[], text: string, name: string): T {
  const found = known.find((each) => each === text);
  if (found === undefined) throw new Unreadable(`${name} is ${known.join(" or ")}, not "${clipped(text)}"`);
  return found;
}
