import { RAFT, type RaftMessage } from "@bft/core/raft";
import { createBehaviour } from "../byzantine/index.js";
import { configOf } from "./config.js";
import type { Behaviour, SimProtocol } from "./protocol.js";

export const SIM_RAFT: SimProtocol<RaftMessage> = {
  core: RAFT,
  // By its name it is Raft's, whose messages the catalogue does not name.
  behaviour: (name, { self, plan, ...parts }) =>
    createBehaviour("raft", name, { ...parts, config: configOf(self, plan) }) as unknown as Behaviour<RaftMessage>,
};
