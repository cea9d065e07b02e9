import { MerkleStore, type OperationResult, PrefixStore, SERVICES, type Service } from "@bft/core";
import { checkHistory, type History, type HistoryOperation, type LinearizabilityVerdict, type Random, STEPS_MAX } from "@bft/sim";

/** `set x 1 -> ok`, `get x -> -` (no value), `add x -> !why` (a refusal), `set x 2` (no answer); `;;` between operations. */
export type Line = readonly [client: number, invoked: number, returned: number | null, text: string];

export function serviceNamed(name: string): Service {
  return SERVICES.get(name) as Service;
}

export function historyFrom(lines: readonly Line[]): History {
  return lines.map(([client, invoked, returned, text], id) => {
    const parts = text.split(" ;; ").map((each) => each.split(" -> "));
    const operations = parts.map(([operation = ""]) => operation);
    const results = returned === null ? null : parts.map(([, answer = ""]) => resultFrom(answer));
    return { client, id, operations, readOnly: false, invoked, returned, results };
  });
}

function resultFrom(answer: string): OperationResult {
  if (answer.startsWith("!")) return { ok: false, value: answer.slice(1) };
  return { ok: true, value: answer === "-" ? null : answer };
}

export function check(history: History, service = "kv", budget = STEPS_MAX): LinearizabilityVerdict {
  return checkHistory(history, { service: serviceNamed(service), budget });
}

/** One service that executes one operation after the other. */
export class Sequential {
  readonly #service: Service;
  readonly #whole = new MerkleStore();
  readonly #store = new PrefixStore(this.#whole, "s/");

  constructor(service: Service) {
    this.#service = service;
  }

  execute(operations: readonly string[]): readonly OperationResult[] {
    const context = { client: 0, seq: 1 } as Parameters<Service["execute"]>[2];
    return operations.map((operation) => this.#service.execute(this.#store, operation, context));
  }
}

export interface Load {
  readonly service: string;
  readonly requests: number;
  readonly clients: number;
  /** Chance that a client never learns the answer; half of these requests have no effect either. */
  readonly lost: number;
  readonly operations: (random: Random, i: number) => readonly string[];
}

/** What clients see of one service when each request takes effect at some moment between its handing in and its answer. */
export function linearizableHistory(random: Random, { service, requests, clients, lost, operations }: Load): HistoryOperation[] {
  const replica = new Sequential(serviceNamed(service));
  const history: HistoryOperation[] = [];
  const open = new Map<number, HistoryOperation & { readonly executed: boolean }>();
  const ids = Array.from({ length: clients }, (_, i) => i);
  let handedIn = 0;
  for (let now = 0; handedIn < requests || open.size > 0; now++) {
    const slot = random.below(clients);
    const client = ids[slot] as number;
    const request = open.get(client);
    if (request === undefined) {
      if (handedIn === requests) continue;
      const id = handedIn++;
      const made = {
        client,
        id,
        operations: operations(random, id),
        readOnly: false,
        invoked: now,
        returned: null,
        results: null,
      };
      open.set(client, { ...made, executed: false });
      continue;
    }
    const { executed, ...rest } = request;
    const given = executed ? rest.results : random.chance(lost / 2) ? null : replica.execute(rest.operations);
    if (!executed && given !== null && !random.chance(lost / 2)) {
      open.set(client, { ...rest, results: given, executed: true });
      continue;
    }
    history.push(executed ? { ...rest, returned: now } : { ...rest, results: null });
    open.delete(client);
    // Who got no answer is not heard of again; another client comes.
    if (!executed) ids[slot] = Math.max(...ids) + 1;
  }
  return history;
}

/** A mixture of kv operations. `values` 0: every value is another one. */
export function kvLoad(keys: number, values: number): Load["operations"] {
  return (random, i) => {
    const key = `k${random.below(keys)}`;
    const value = values === 0 ? i : random.below(values);
    const dice = random.next();
    if (dice < 0.45) return [`get ${key}`];
    if (dice < 0.85) return [`set ${key} ${value}`];
    if (dice < 0.93) return [`cas ${key} ${values === 0 ? i - 1 : random.below(values)} ${value}`];
    return [`del ${key}`];
  };
}
