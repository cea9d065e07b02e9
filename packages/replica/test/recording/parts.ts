import type { RecordedInput } from "../../src/recording/format.js";
import { type RecordingOf, type RecordingPart, readRecording } from "../../src/recording/recording-reader.js";

/** A recording by what it holds. */
export interface ReadRecording {
  readonly lives: readonly Extract<RecordingPart, { kind: "life" }>[];
  readonly inputs: readonly RecordedInput[];
  /** `life:number` of each. */
  readonly numbers: readonly string[];
  readonly tornBytes: number;
}

export function readParts(of: RecordingOf): ReadRecording {
  const parts = [...readRecording(of)];
  const inputs = parts.flatMap((part) => (part.kind === "input" ? [part] : []));
  return {
    lives: parts.flatMap((part) => (part.kind === "life" ? [part] : [])),
    inputs: inputs.map(({ recorded }) => recorded),
    numbers: inputs.map(({ life, number }) => `${life}:${number}`),
    tornBytes: parts.reduce((sum, part) => sum + (part.kind === "torn" ? part.bytes : 0), 0),
  };
}
