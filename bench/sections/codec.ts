import type { Digest, SeqNum, View } from "@bft/core";
import { type Prepare, pbftCodec } from "@bft/core/pbft";
import { microseconds, row, type Section } from "../report.js";

/** Bytes to messages and back, with the structural scan that stands before every decode. */
export function codec(): Section {
  const prepare: Prepare = { kind: "prepare", view: 3 as View, seq: 4711 as SeqNum, digest: "ab".repeat(32) as Digest };
  const payload = pbftCodec.encode(prepare);
  const json = JSON.stringify(prepare);
  const baseline = microseconds(20_000, () => JSON.parse(json));
  return {
    title: `Codec (a prepare of ${payload.length} bytes)`,
    about: "Hostile bytes are looked through before they are decoded, and checked after.",
    rows: [
      row("JSON.parse of the same, unchecked", baseline, "µs"),
      row(
        "encode",
        microseconds(20_000, () => pbftCodec.encode(prepare)),
        "µs",
        baseline,
        "to JSON.parse",
      ),
      row(
        "scan, decode and check",
        microseconds(20_000, () => pbftCodec.decode(payload)),
        "µs",
        baseline,
        "to JSON.parse",
      ),
    ],
  };
}
