/** Where time comes from. Tests inject one that they move by hand. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Calls `fn` once after `ms` milliseconds (0 or more); the function that it returns calls that off. */
  setTimer(fn: () => void, ms: number): () => void;
}

/** What setTimeout can wait at most; it fires at once beyond it. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer(fn, ms) {
    const timeout = setTimeout(fn, Math.min(Math.max(ms, 0), TIMEOUT_MS_MAX));
    return () => clearTimeout(timeout);
  },
};
