import { MerkleStore } from "@bft/core";
import { sha256 } from "@bft/net";
import { median, row, type Section } from "../report.js";

const KEYS = 200_000;
const CHANGED = KEYS / 100;

/** A checkpoint of a large state of which little changed, against hashing all of it. */
export function checkpoint(): Section {
  const store = new MerkleStore();
  for (let i = 0; i < KEYS; i++) store.put(`s/account-${i}`, `balance ${i}`);
  const full = time(() => store.digest(sha256));
  const rounds = Array.from({ length: 9 }, (_, round) => {
    for (let i = 0; i < CHANGED; i++) store.put(`s/account-${scattered(round * CHANGED + i)}`, `balance ${i} of round ${round}`);
    return time(() => store.digest(sha256));
  });
  return {
    title: `Checkpoint of ${KEYS.toLocaleString("en-US")} keys`,
    about: "A checkpoint after 1 % of the keys changed must cost well under a tenth of the digest of all.",
    rows: [
      row("digest of all", full, "ms"),
      row(`digest after ${CHANGED} changes (1 %)`, median(rounds), "ms", full, "to the digest of all"),
    ],
  };
}

/** The i-th key that is changed: all over the state, the same in every run. */
function scattered(i: number): number {
  return (Math.imul(i + 1, 2_654_435_761) >>> 0) % KEYS;
}

function time(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}
