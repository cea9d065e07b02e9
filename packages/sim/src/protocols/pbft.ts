import { PBFT, type PbftMessage } from "@bft/core/pbft";
import { createPbftBehaviour } from "../byzantine/index.js";
import { configOf } from "./config.js";
import type { SimProtocol } from "./protocol.js";

export const SIM_PBFT: SimProtocol<PbftMessage> = {
  core: PBFT,
  behaviour: (name, { self, plan, ...parts }) => createPbftBehaviour(name, { ...parts, config: configOf(self, plan) }),
};
