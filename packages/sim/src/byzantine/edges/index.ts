import type { Entry } from "../catalogue.js";
import { pbftVoice } from "../liar.js";
import { edgeValues } from "./edge-values.js";

/** The lies of a replica with values at the edges. */
export const EDGES: readonly Entry[] = [
  {
    name: "edge-values",
    summary: "puts numbers at the edges into what it says: 0, 2^32, 2^53, negative ones, fractions, not-a-number",
    holds: "each is refused or means what it says: nobody throws, stalls, or keeps more than its bound",
    create: (context) => edgeValues(pbftVoice(context)),
  },
];
