import type { ExecutedRequest, Happening, OperationResult, Retained, Statement, TraceEvent, ViewChangeClaim } from "@bft/core";
import type { ClusterFacts, Violation } from "../../../src/checkers/checker.js";
import { Checks } from "../../../src/checkers/index.js";

/** n = 4, f = 1, K = 2, a trace of which all is known, in exact order. */
export const FACTS: ClusterFacts = {
  protocol: "pbft",
  replicas: 4,
  faults: 1,
  clients: 2,
  checkpointInterval: 2,
  clientWindow: 4,
  batchOperationsMax: 16,
  liars: [],
  calm: false,
  nullDigest: "null",
  historyComplete: true,
  exactOrder: true,
};

/** A trace that begins in its midst: what came before is not known, so only what it says itself is judged. */
export const PARTIAL: ClusterFacts = { ...FACTS, historyComplete: false };

export type Story = readonly (Happening | Story)[];

function flat(story: Story): Happening[] {
  return story.flatMap((each) => (Array.isArray(each) ? flat(each as Story) : [each as Happening]));
}

/** Everything that the checks find in the story, one event a millisecond, and at its end. */
export function findings(facts: ClusterFacts, story: Story): Violation[] {
  const checks = new Checks(facts);
  const events = flat(story).map((happening, at): TraceEvent => ({ at, ...happening }));
  const found = events.map((event) => checks.observe(event));
  return [...found, checks.finish(events.length)].filter((each) => each !== null);
}

/** The first thing found, or null. */
export function verdict(facts: ClusterFacts, story: Story): Violation | null {
  return findings(facts, story)[0] ?? null;
}

/** As a person reads it: `checker: what`, or `holds`. */
export function told(facts: ClusterFacts, ...story: Story): string {
  const first = verdict(facts, story);
  return first === null ? "holds" : `${first.checker}: ${first.what}`;
}

const others = (replica: number) => [0, 1, 2, 3].filter((id) => id !== replica);

function says(replica: number, statement: Statement, to: readonly number[] = others(replica)): Happening {
  return { kind: "sent", id: "ab12", replica, to, statement };
}

type Vote = "pre-prepare" | "prepare" | "commit";

export function votes(
  kind: Vote,
  replica: number,
  seq: number,
  digest: string,
  { view = 0, to = others(replica) }: { view?: number; to?: readonly number[] } = {},
): Happening {
  return says(replica, { kind, view, seq, digest }, to);
}

/** The normal case of §4.2 up to the commits: all of `replicas` vote, and their votes reach all. */
export function committed(seq: number, digest: string, replicas = [0, 1, 2, 3], view = 0): Story {
  const primary = view % 4;
  return [
    votes("pre-prepare", primary, seq, digest, { view }),
    ...replicas.filter((id) => id !== primary).map((id) => votes("prepare", id, seq, digest, { view })),
    ...replicas.map((id) => votes("commit", id, seq, digest, { view })),
  ];
}

export const ok = (value: string | null = null): OperationResult => ({ ok: true, value });

/** The request of a client under a timestamp: `set x <timestamp>`, which comes to `ok`. */
export function request(client: number, timestamp: number, over: Partial<ExecutedRequest> = {}): ExecutedRequest {
  const base = { client, timestamp, operations: [`set x ${timestamp}`], results: [ok("done")] };
  return { ...base, ...over } as ExecutedRequest;
}

export function executes(
  replica: number,
  seq: number,
  digest: string,
  { view = 0, requests = [] }: { view?: number; requests?: readonly ExecutedRequest[] } = {},
): Happening {
  return { kind: "executed", replica, seq, view, digest, requests };
}

export function invokes(client: number, timestamp: number, operations = [`set x ${timestamp}`], readOnly = false): Happening {
  return { kind: "invoked", client, timestamp, operations, readOnly };
}

export function replies(replica: number, client: number, timestamp: number, seq: number, results = [ok("done")]): Happening {
  return { kind: "replied", id: "ab12", replica, client, timestamp, seq, view: 0, ordered: true, results };
}

export function accepts(client: number, timestamp: number, seq: number, results = [ok("done")]): Happening {
  return { kind: "answered", client, timestamp, seq, results };
}

export function starts(
  replica: number,
  over: Partial<{ view: number; lastExecuted: number; lowWaterMark: number; abstaining: boolean }> = {},
): Happening {
  return { kind: "started", replica, view: 0, lastExecuted: 0, lowWaterMark: 0, abstaining: false, ...over };
}

export const crashes = (replica: number): Happening => ({ kind: "crashed", replica });

export const lies = (replica: number): Happening => ({ kind: "behaves", replica, behaviour: "equivocate" });

/** A status: shows that the replica lives and that what it did before is durable. */
export const status = (replica: number): Happening => says(replica, { kind: "other", message: "status" });

export const entersView = (replica: number, view: number): Happening => ({
  kind: "view-entered",
  replica,
  view,
  primary: view % 4,
});

export const asksForView = (replica: number, view: number): Happening => ({
  kind: "view-change-started",
  replica,
  view,
  because: "request 0/1 was not executed within 1000 ms",
});

export function claim(newView: number, prepared: ViewChangeClaim["prepared"] = [], stableSeq = 0): ViewChangeClaim {
  return { newView, stableSeq, prepared };
}

export const changesView = (replica: number, what: ViewChangeClaim): Happening => says(replica, { kind: "view-change", ...what });

export function announces(
  replica: number,
  view: number,
  viewChanges: readonly (ViewChangeClaim & { readonly replica: number })[],
  prePrepares: readonly { readonly seq: number; readonly digest: string }[],
): Happening {
  return says(replica, { kind: "new-view", view, viewChanges, prePrepares });
}

export const attests = (replica: number, seq: number, stateDigest: string): Happening =>
  says(replica, { kind: "checkpoint", seq, stateDigest });

export const takesForStable = (replica: number, seq: number, stateDigest: string): Happening => ({
  kind: "checkpoint-stable",
  replica,
  seq,
  stateDigest,
});

export const installs = (replica: number, seq: number, stateDigest: string): Happening => ({
  kind: "state-installed",
  replica,
  seq,
  stateDigest,
});

const NOTHING_KEPT: Retained = {
  slots: 0,
  votes: 0,
  requests: 0,
  batches: 0,
  viewChanges: 0,
  checkpointVotes: 0,
  snapshots: 0,
};

export const keeps = (replica: number, retained: Partial<Retained>): Happening => ({
  kind: "retained",
  replica,
  retained: { ...NOTHING_KEPT, ...retained },
});
