import type { Outcome } from "@bft/sim/scenario";

/** What came of a scenario on one protocol, in figures that can stand beside those of another protocol. Plain JSON data. */
export interface Figures {
  /** All that replicas sent while it was played, per operation that was answered; null when none was. */
  readonly messagesPerOperation: number | null;
  /** Of the requests that were answered; null when none was. */
  readonly medianLatencyMs: number | null;
  /** Requests that were answered, of all that were handed in. */
  readonly answered: number;
  readonly requests: number;
  /** The checkers that found something, each once, in the order in which they found it. */
  readonly found: readonly { readonly checker: string; readonly what: string }[];
}

export function figuresOf({ requests, cost, violations }: Outcome): Figures {
  const latencies = requests.flatMap(({ answer }) => (answer === null ? [] : [answer.latencyMs]));
  const first = new Map<string, string>();
  for (const { checker, what } of violations) if (!first.has(checker)) first.set(checker, what);
  return {
    messagesPerOperation: cost.operations === 0 ? null : cost.messages / cost.operations,
    medianLatencyMs: medianOf(latencies),
    answered: latencies.length,
    requests: requests.length,
    found: [...first].map(([checker, what]) => ({ checker, what })),
  };
}

/** The middle one; of two in the middle, half way between them. */
function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
