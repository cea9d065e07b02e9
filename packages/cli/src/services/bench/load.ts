import type { SubmitOutcome } from "@bft/replica";
import type { BenchRequest } from "./workload.js";

/** One who submits: `submit` resolves when the request is answered. */
export interface Submitter {
  submit(request: BenchRequest): Promise<Pick<SubmitOutcome, "results">>;
}

/** What became of a request. Times are of the monotonic clock, milliseconds. */
export interface Answered {
  readonly request: BenchRequest;
  /** When it was to be sent: its latency counts from here, however late it really was. */
  readonly intendedAt: number;
  readonly at: number;
  /** Operations that the service refused; null when there was no answer in time. */
  readonly refused: number | null;
}

export interface LoadOptions {
  readonly submitters: readonly Submitter[];
  readonly next: () => BenchRequest;
  readonly onAnswered: (answered: Answered) => void;
  /** True when nothing more is to be sent. */
  readonly ended: () => boolean;
  readonly now: () => number;
}

/** Closed loop: each submits its next request when the last one is answered. Resolves when all that was sent is answered. */
export async function closedLoop(options: LoadOptions): Promise<void> {
  const { submitters, next, ended, now } = options;
  await Promise.all(
    submitters.map(async (submitter) => {
      while (!ended()) await send(options, submitter, next(), now());
    }),
  );
}

/** Requests that wait for somebody who is free to send them; those that come later are not made any more, and are counted. */
const BACKLOG_MAX = 100_000;

/**
 * Open loop: a request is due every 1/rate seconds, whether or not earlier ones are answered. One that nobody is free to send waits, and its
 * wait is part of its latency: otherwise a stall would hide itself, as fewer requests would see it.
 * @returns how many were due and never sent
 */
export async function openLoop(
  options: LoadOptions,
  ratePerSecond: number,
  sleep: (ms: number) => Promise<void>,
): Promise<number> {
  const { submitters, next, ended, now } = options;
  const free = [...submitters];
  const due: number[] = [];
  const underWay = new Set<Promise<void>>();
  const everyMs = 1000 / ratePerSecond;
  const began = now();
  let made = 0;
  let notMade = 0;
  const sendDue = () => {
    while (due.length > 0 && !ended()) {
      const submitter = free.pop();
      if (submitter === undefined) return;
      const sent: Promise<void> = send(options, submitter, next(), due.shift() ?? now()).then(() => {
        free.push(submitter);
        underWay.delete(sent);
        sendDue();
      });
      underWay.add(sent);
    }
  };
  while (!ended()) {
    for (; began + made * everyMs <= now(); made++) {
      if (due.length < BACKLOG_MAX) due.push(began + made * everyMs);
      else notMade += 1;
    }
    sendDue();
    await sleep(Math.max(1, began + made * everyMs - now()));
  }
  await Promise.all(underWay);
  return notMade + due.length;
}

async function send(
  { onAnswered, now }: LoadOptions,
  submitter: Submitter,
  request: BenchRequest,
  intendedAt: number,
): Promise<void> {
  const refused = await submitter.submit(request).then(
    ({ results }) => results.filter(({ ok }) => !ok).length,
    // Told by the count: a cluster that does not answer is a finding, not a failure of the benchmark.
    () => null,
  );
  onAnswered({ request, intendedAt, at: now(), refused });
}
