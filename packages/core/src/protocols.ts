import type { MessageBase } from "./machine.js";
import { MULTIPAXOS } from "./multipaxos/protocol.js";
import { PBFT } from "./pbft/protocol.js";
import { RAFT } from "./raft/protocol.js";
import type { Protocol, ProtocolName } from "./replication/protocol.js";

/** Every protocol that there is, by name. */
const PROTOCOLS: Readonly<Record<ProtocolName, Protocol | null>> = {
  // Messages are opaque to whoever asks by name: only the protocol itself looks into them.
  pbft: PBFT as unknown as Protocol<MessageBase>,
  multipaxos: MULTIPAXOS as unknown as Protocol<MessageBase>,
  raft: RAFT as unknown as Protocol<MessageBase>,
};

/** Names of protocols, the default first. */
export const PROTOCOL_NAMES = (Object.keys(PROTOCOLS) as ProtocolName[]).filter((name) => PROTOCOLS[name] !== null);

/** @throws RangeError with a sentence for a person when there is no such protocol. */
export function protocolNamed(name: string): Protocol {
  const protocol = PROTOCOLS[name as ProtocolName] ?? null;
  if (protocol === null) throw new RangeError(`there is no protocol ${name}; there are: ${PROTOCOL_NAMES.join(", ")}`);
  return protocol;
}
