import { byzantineQuorums, type MachineStatus, type OperationResult, type ProtocolName, type QuorumSystem } from "@bft/core";
import type { Violation } from "@bft/sim";
import type { Answer, Judgement, Stage } from "@bft/sim/scenario";

interface Executed {
  readonly seq: number;
  readonly operation: string;
}

interface Replica {
  isUp: boolean;
  isLiar: boolean;
  lied: boolean;
  group: number;
  readonly log: Executed[];
}

/** How long an operation takes, in virtual milliseconds. */
const OPERATION_MS = 10;

/**
 * A toy cluster in virtual time: the first replica that reaches a quorum orders requests, and all that it reaches execute them at
 * once. A liar that leads has the last of them execute something else. It has no protocol inside; what it shows is the runner.
 */
export class TinyStage implements Stage {
  readonly protocol: ProtocolName;
  readonly system: QuorumSystem = byzantineQuorums(4, 1);
  now = 0;
  readonly calls: string[] = [];
  isClosed = false;
  readonly #replicas: Replica[] = [0, 1, 2, 3].map(() => ({ isUp: true, isLiar: false, lied: false, group: 0, log: [] }));
  readonly #answers: (Answer | null)[] = [];
  #waiting: { readonly request: number; readonly operations: readonly string[]; readonly since: number }[] = [];
  #view = 0;
  #primary = 0;
  #lies = 0;

  constructor(protocol: ProtocolName = "pbft") {
    this.protocol = protocol;
  }

  async submit(operations: readonly string[]): Promise<number> {
    const request = this.#answers.push(null) - 1;
    this.calls.push(`submit ${operations.join("; ")}`);
    this.#waiting.push({ request, operations, since: this.now });
    return request;
  }

  answer(request: number): Answer | null {
    return this.#answers[request] ?? null;
  }

  async kill(replicas: readonly number[]): Promise<void> {
    this.calls.push(`kill ${replicas.join()}`);
    for (const id of replicas) this.#replica(id).isUp = false;
  }

  async restart(replicas: readonly number[]): Promise<void> {
    this.calls.push(`restart ${replicas.join()}`);
    for (const id of replicas) this.#replica(id).isUp = true;
  }

  async lie(replicas: readonly number[], behaviour: string | null): Promise<void> {
    this.calls.push(`lie ${replicas.join()} ${behaviour}`);
    if (behaviour === "seq-gap") throw new RangeError(`there is no behaviour ${behaviour}`);
    for (const id of replicas) {
      this.#replica(id).isLiar = behaviour !== null;
      this.#replica(id).lied = true;
    }
  }

  async partition(groups: readonly (readonly number[])[]): Promise<void> {
    this.calls.push(`partition ${groups.map((group) => group.join()).join(" ")}`);
    for (const [group, ids] of groups.entries()) for (const id of ids) this.#replica(id).group = group;
  }

  async heal(): Promise<void> {
    this.calls.push("heal");
    for (const replica of this.#replicas) replica.group = 0;
  }

  async look(): Promise<readonly (MachineStatus | null)[]> {
    return this.#replicas.map((replica) => (replica.isUp ? this.#statusOf(replica) : null));
  }

  async wait(ms: number): Promise<void> {
    this.now += ms;
    this.#settle();
  }

  async judge(): Promise<Judgement> {
    const executed = this.#replicas.flatMap(({ log, lied }, replica) => (lied ? [] : log.map((each) => ({ replica, ...each }))));
    const events = executed.map(({ replica, seq, operation }) => ({
      kind: "executed" as const,
      at: 0,
      replica,
      seq,
      view: this.#view,
      digest: operation,
      requests: [{ client: 0 as never, timestamp: 1 as never, operations: [operation], results: [] }],
    }));
    const violations = executed.flatMap((one, index) => {
      const other = executed.slice(0, index).find(({ seq }) => seq === one.seq);
      return other === undefined || other.operation === one.operation ? [] : [violation(one.seq, [other.replica, one.replica])];
    });
    const operations = this.#answers.filter((answer) => answer !== null).length;
    const cost = { messages: 10 * operations, operations };
    return { violations, linearizable: true, events, cost, lies: this.#lies };
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  #replica(id: number): Replica {
    const replica = this.#replicas[id];
    if (replica === undefined) throw new RangeError(`there is no replica ${id}`);
    return replica;
  }

  /** Those that `id` reaches, itself among them. */
  #reachedBy(id: number): readonly Replica[] {
    return this.#replicas.filter(({ isUp, group }) => isUp && group === this.#replica(id).group);
  }

  #settle(): void {
    const leads = (id: number) => this.#replica(id).isUp && this.#reachedBy(id).length >= this.system.quorum;
    const next = [0, 1, 2, 3].find(leads);
    if (next === undefined) return;
    if (!leads(this.#primary)) [this.#primary, this.#view] = [next, this.#view + 1];
    const due = this.#waiting.filter(({ since }) => this.now >= since + OPERATION_MS);
    this.#waiting = this.#waiting.filter((each) => !due.includes(each));
    for (const { request, operations, since } of due) this.#execute(request, operations, since);
  }

  #execute(request: number, operations: readonly string[], since: number): void {
    const reached = this.#reachedBy(this.#primary);
    const seq = Math.max(...this.#replicas.map(({ log }) => log.length)) + 1;
    const lies = this.#replica(this.#primary).isLiar;
    for (const replica of reached) {
      for (let missing = replica.log.length + 1; missing < seq; missing++) replica.log.push(this.#known(missing));
      const isVictim = lies && replica === reached.at(-1);
      replica.log.push({ seq, operation: isVictim ? "another" : operations.join("; ") });
      if (isVictim) this.#lies += 1;
    }
    this.#answers[request] = { results: operations.map((each) => this.#result(each)), seq, latencyMs: this.now - since };
  }

  #known(seq: number): Executed {
    const found = this.#replicas.flatMap(({ log }) => log).find((each) => each.seq === seq);
    return found ?? { seq, operation: "nothing" };
  }

  /** `get x` gives what the last `set x` wrote; anything else `ok`. */
  #result(operation: string): OperationResult {
    const [word, key] = operation.split(" ");
    if (word === "fail") return { ok: false, value: "not allowed" };
    if (word !== "get") return { ok: true, value: "ok" };
    const { log } = this.#replica(this.#primary);
    const set = log.findLast((each) => each.operation.startsWith(`set ${key} `));
    return { ok: true, value: set?.operation.split(" ")[2] ?? null };
  }

  #statusOf({ log }: Replica): MachineStatus {
    const last = log.at(-1);
    return {
      view: this.#view,
      primary: this.#primary,
      isPrimary: false,
      viewChange: null,
      lastExecuted: log.length,
      lowWaterMark: 0,
      highWaterMark: 256,
      queued: this.#waiting.length,
      waiting: [],
      wants: [],
      checkpointVotes: [],
      checkpoint: { seq: 0, stateDigest: "" },
      abstaining: null,
      transfer: null,
      slots:
        last === undefined ? [] : [{ seq: last.seq, view: 0, digest: "", requests: 1, operations: 1, contains: [], ...EXECUTED }],
      quorum: this.system.quorum,
      retained: { slots: 0, votes: 0, requests: 0, batches: 0, viewChanges: 0, checkpointVotes: 0, snapshots: 0 },
    };
  }
}

const EXECUTED = { prePrepared: true, prepares: [], prepared: true, commits: [], committed: true, executed: true, contrary: [] };

function violation(seq: number, replicas: readonly number[]): Violation {
  return { checker: "agreement", at: 0, what: `two digests at ${seq}. The quorums meet only in the liar.`, replicas, seq };
}
