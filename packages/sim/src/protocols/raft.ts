import { RAFT, type RaftMessage } from "@bft/core/raft";
import type { SimProtocol } from "./protocol.js";

export const SIM_RAFT: SimProtocol<RaftMessage> = {
  core: RAFT,
  behaviour: (name) => {
    throw new RangeError(`there is no behaviour "${name.slice(0, 40)}" for Raft yet`);
  },
};
