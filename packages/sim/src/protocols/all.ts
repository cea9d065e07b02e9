import type { MessageBase } from "@bft/core";
import { SIM_PBFT } from "./pbft.js";
import type { SimProtocol } from "./protocol.js";
import { SIM_RAFT } from "./raft.js";

/** Every protocol that can be simulated. Its messages are opaque to the world. */
export const SIM_PROTOCOLS: readonly SimProtocol<MessageBase>[] = [
  SIM_PBFT as unknown as SimProtocol<MessageBase>,
  SIM_RAFT as unknown as SimProtocol<MessageBase>,
];
