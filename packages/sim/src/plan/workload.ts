import type { Random } from "../random.js";

/** What one client asks for at once. */
export interface Work {
  readonly operations: readonly string[];
  readonly readOnly: boolean;
}

/** Keys and accounts that the clients share: few, so that they meet. */
const SHARED = 5;

/**
 * The next request of a workload; `number` makes every value written a new one, so that a lost one is seen.
 * @param operationsMax what fits into a batch
 */
export function nextWork(service: string, random: Random, number: number, prefix: string, operationsMax: number): Work {
  const one = () => operation(service, random, number, prefix);
  const first = one();
  if (first.readOnly || operationsMax < 3 || !random.chance(0.15))
    return { operations: [first.operation], readOnly: first.readOnly };
  return { operations: [first, one(), one()].map((each) => each.operation), readOnly: false };
}

/** A request that changes something, to see whether a cluster is alive. */
export function freshWork(service: string, client: number): Work {
  const operation = { bank: `open healed${client} 1`, counter: "add 1" }[service] ?? `set healed${client} yes`;
  return { operations: [operation], readOnly: false };
}

function operation(service: string, random: Random, number: number, prefix: string) {
  const read = random.chance(0.25);
  switch (service) {
    case "bank":
      return { operation: read ? bankRead(random) : bankWrite(random, number), readOnly: read };
    case "counter":
      return { operation: read ? "get" : `add ${1 + random.below(9)}`, readOnly: read };
    default: {
      const key = `${prefix}${random.below(SHARED)}`;
      return { operation: read ? `get ${key}` : kvWrite(random, key, number), readOnly: read };
    }
  }
}

function kvWrite(random: Random, key: string, number: number): string {
  if (random.chance(0.1)) return `del ${key}`;
  if (random.chance(0.15)) return `cas ${key} ${random.below(number + 1)} ${number}`;
  return `set ${key} ${number}`;
}

function bankRead(random: Random): string {
  return random.chance(0.3) ? "total" : `balance a${random.below(SHARED)}`;
}

function bankWrite(random: Random, number: number): string {
  if (random.chance(0.3)) return `open a${random.below(SHARED)} ${100 + number}`;
  return `transfer a${random.below(SHARED)} a${random.below(SHARED)} ${1 + random.below(50)}`;
}
