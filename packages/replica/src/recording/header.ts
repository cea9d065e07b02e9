import * as v from "valibot";
import { parsedLine } from "../trace/format.js";
import { RECORDING_VERSION } from "./format.js";

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** First item of each segment, as JSON. */
const headerSchema = v.object({
  version: v.literal(RECORDING_VERSION),
  clusterId: v.string(),
  replica: natural,
  protocol: v.string(),
  /** Only times of the same boot compare. */
  boot: v.nullable(v.string()),
  /** Names the process: the number of its first segment. */
  life: natural,
  /** Of its life: in this segment, in an earlier one, or nowhere because it was too large. */
  base: v.picklist(["here", "earlier", "too-large"]),
  /** Inputs of its life in earlier segments. */
  inputsBefore: natural,
});

export type RecordingHeader = v.InferOutput<typeof headerSchema>;

/** Null when that is no header of this version. */
export function readHeader(body: Buffer): RecordingHeader | null {
  const header = v.safeParse(headerSchema, parsedLine(body.toString("utf8")));
  return header.success ? header.output : null;
}
