import type { Entry } from "../catalogue.js";
import { pbftVoice } from "../liar.js";
import { fuzz } from "./fuzz.js";

/** Lies that no person thought of. */
export const FUZZ: readonly Entry[] = [
  {
    name: "fuzz-small",
    summary:
      "in some rounds tells some replicas its messages with one field a little off: one more or less, another known digest",
    holds: "up to f such replicas can not make correct ones disagree, whatever they come upon",
    create: (context) => fuzz(pbftVoice(context), "small"),
  },
  {
    name: "fuzz-any",
    summary: "in some rounds tells some replicas its messages with anything in one of their fields",
    holds: "nonsense is refused with a reason and nobody is stopped by it",
    create: (context) => fuzz(pbftVoice(context), "any"),
  },
];
