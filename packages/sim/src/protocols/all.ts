import type { MessageBase } from "@bft/core";
import { SIM_MULTIPAXOS } from "./multipaxos.js";
import { SIM_PBFT } from "./pbft.js";
import type { SimProtocol } from "./protocol.js";
import { SIM_RAFT } from "./raft.js";

/** Every protocol that can be simulated. Its messages are opaque to the world. */
const SIM_PROTOCOLS: readonly SimProtocol<MessageBase>[] = [
  SIM_PBFT as unknown as SimProtocol<MessageBase>,
  SIM_MULTIPAXOS as unknown as SimProtocol<MessageBase>,
  SIM_RAFT as unknown as SimProtocol<MessageBase>,
];

/** @throws RangeError with a sentence for a person when there is no such protocol. */
export function simProtocolNamed(name: string): SimProtocol<MessageBase> {
  const found = SIM_PROTOCOLS.find(({ core }) => core.name === name);
  if (found !== undefined) return found;
  const names = SIM_PROTOCOLS.map(({ core }) => core.name).join(", ");
  throw new RangeError(`there is no protocol "${name}"; there are: ${names}`);
}
