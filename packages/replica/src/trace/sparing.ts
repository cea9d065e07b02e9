import { systemClock, TokenBucket } from "@bft/net";

/** As many a second, and at once, are told of each peer. Dropped votes that came late are ordinary: two or three a batch. */
const PER_SECOND = 32;
const AT_ONCE = 64;

/** Lets a bounded number of events of each peer be told one by one. */
export class Sparing {
  readonly #buckets = new Map<string, TokenBucket>();

  allows(peer: string): boolean {
    let bucket = this.#buckets.get(peer);
    if (bucket === undefined) {
      bucket = new TokenBucket(systemClock, PER_SECOND, AT_ONCE);
      this.#buckets.set(peer, bucket);
    }
    return bucket.take() === 0;
  }
}
