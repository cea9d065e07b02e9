export type ClusterErrorCode =
  | "no-cluster"
  | "cluster-exists"
  | "cluster-damaged"
  | "cluster-version"
  | "no-such-replica"
  | "port-busy"
  | "start-failed"
  | "not-running"
  | "no-answer"
  | "no-quorum"
  | "no-free-client"
  | "operation-too-large"
  | "bad-service"
  | "refused";

/** Something a person can act on. `message` is one sentence: what, why, what next. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of an error of the operating system (`ENOENT`), or null. */
export function systemCode(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code ?? null;
}
