import {
  type ClientId,
  ENGINE_ERRORS,
  InvariantError,
  isWireText,
  type MerkleStore,
  OperationError,
  type OperationResult,
  refused,
  type SeqNum,
  type Service,
  type Store,
  StoreError,
  utf8Length,
} from "@bft/core";

/** Bytes that all results of one request may take: as replicas bound them. */
const RESULTS_BYTES_MAX = 262_144;

/**
 * What a replica answers to the operations of one request: a failed operation leaves no trace in `whole`, and what a service
 * throws is a refusal. `view` is what the service sees of `whole`.
 */
export function callService(
  service: Service,
  whole: MerkleStore,
  view: Store,
  client: number,
  operations: readonly string[],
): readonly OperationResult[] {
  // A history does not tell sequence numbers: a service whose answers depend on them can not be checked by it.
  const context = { client: client as ClientId, seq: 0 as SeqNum };
  let left = RESULTS_BYTES_MAX;
  return operations.map((operation) => {
    const before = whole.snapshot();
    const result = bounded(
      attempt(() => service.execute(view, operation, context)),
      left,
    );
    if (!result.ok) whole.restore(before);
    if (result.value !== null) left -= utf8Length(JSON.stringify(result.value));
    return result;
  });
}

function attempt(call: () => OperationResult): OperationResult {
  try {
    return call();
  } catch (error) {
    if (error instanceof InvariantError) throw error;
    return refused(reasonOf(error));
  }
}

function bounded({ ok, value }: OperationResult, bytesMax: number): OperationResult {
  if (value === null) return { ok, value };
  if (typeof value !== "string") return refused("the service returned no result");
  if (!isWireText(value)) return refused("the result is not well-formed Unicode text, or begins with a byte order mark");
  // Text of n units takes at most 6n bytes escaped: short ones need no counting.
  const bytes = 6 * value.length + 2 <= bytesMax ? 0 : utf8Length(JSON.stringify(value));
  return bytes > bytesMax
    ? refused(`the result takes ${bytes} bytes, more than the ${bytesMax} that are left for this request`)
    : { ok, value };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "the service failed";
  const words = error instanceof OperationError ? error.message : `${error.name}: ${error.message}`;
  const reason = ENGINE_ERRORS.has(error.name) ? error.name : words;
  return isWireText(reason) ? reason.slice(0, 200).toWellFormed() : "the service failed";
}

/** The service's state for a request that is not ordered: it can be read only (§5.1.3). */
export class Reading implements Store {
  readonly #inner: Store;

  constructor(inner: Store) {
    this.#inner = inner;
  }

  get(key: string): string | undefined {
    return this.#inner.get(key);
  }

  put(): never {
    throw new StoreError("a read-only request can not write; submit it as an ordinary one");
  }

  delete(): never {
    return this.put();
  }

  scan(from: string, to: string | null, limit: number): readonly (readonly [string, string])[] {
    return this.#inner.scan(from, to, limit);
  }
}
