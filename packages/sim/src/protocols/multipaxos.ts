import { MULTIPAXOS, type PaxosMessage } from "@bft/core/multipaxos";
import { createBehaviour } from "../byzantine/index.js";
import { configOf } from "./config.js";
import type { Behaviour, SimProtocol } from "./protocol.js";

export const SIM_MULTIPAXOS: SimProtocol<PaxosMessage> = {
  core: MULTIPAXOS,
  // By its name it is Multi-Paxos's, whose messages the catalogue does not name.
  behaviour: (name, { self, plan, ...parts }) =>
    createBehaviour("multipaxos", name, { ...parts, config: configOf(self, plan) }) as unknown as Behaviour<PaxosMessage>,
};
