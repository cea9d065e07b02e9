import type { Batch, Claimed, Request } from "@bft/core/pbft";

/** Makes of each batch another one that every backup would accept by itself: it holds only what clients signed. */
export class SecondBatches {
  #earlier: Claimed<Request> | null = null;

  /** The requests the other way round; in place of a single one the last one before it, or else itself twice. */
  of({ requests }: Batch): readonly Claimed<Request>[] {
    const [first] = requests;
    const earlier = this.#earlier;
    this.#earlier = requests.at(-1) ?? earlier;
    if (requests.length > 1) return [...requests].reverse();
    if (earlier !== null) return [earlier];
    return first === undefined ? [] : [first, first];
  }
}
