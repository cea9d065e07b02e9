import type { Input, MessageBase, ReplicaId, Request, Signed } from "@bft/core";

/** What another replica said, and which one; null for everything else that happens. */
export function heard<M extends MessageBase>(input: Input<M>): { readonly message: M; readonly from: ReplicaId } | null {
  if (input.kind !== "message") return null;
  const { message, signer } = input.signed as Signed<M>;
  return signer.role === "replica" ? { message, from: signer.id } : null;
}

/** What a client asks this replica itself; null for everything else. */
export function asked<M extends MessageBase>(input: Input<M>): Request | null {
  if (input.kind !== "message" || input.via.role !== "client") return null;
  const { message } = input.signed as unknown as Signed<Request>;
  return message.kind === "request" ? message : null;
}
