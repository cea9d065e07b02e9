import { selectScheme } from "@bft/net";
import { microseconds, type Row, row, type Section } from "../report.js";

/** What a signature costs, by implementation: the bulk of what an operation costs. */
export function signatures(): Section {
  const seed = new Uint8Array(32).fill(7);
  const payload = new Uint8Array(200).fill(1);
  const rows: Row[] = [];
  let baseline: number | null = null;
  for (const [name, count] of [
    ["sodium", 3000],
    ["node", 3000],
    ["noble", 100],
  ] as const) {
    const scheme = selectScheme(name);
    const publicKey = scheme.publicKey(seed);
    const signature = scheme.sign(seed, payload);
    const sign = microseconds(count, () => scheme.sign(seed, payload));
    const verify = microseconds(count, () => {
      if (!scheme.verify(publicKey, payload, signature)) throw new Error("a good signature was refused");
    });
    rows.push(
      row(`${name}: sign`, sign, "µs"),
      row(`${name}: verify`, verify, "µs", baseline, baseline === null ? "" : "to sodium"),
    );
    baseline ??= verify;
  }
  return {
    title: "Signatures (Ed25519, 200 bytes)",
    about: "The bulk of what an operation costs. All three give the same verdict on every signature.",
    rows,
  };
}
