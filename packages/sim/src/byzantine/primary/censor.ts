import type { ClientId } from "@bft/core";
import type { LiarContext, PbftBehaviour, PbftEffect, PbftInput } from "../liar.js";
import { batchOf, proposing } from "./proposing.js";
import { rebatched } from "./rebatch.js";

/**
 * Ignores the client that it hears of first: as primary it leaves its requests out, as backup it does not pass them on. The
 * others wait for the censored request and depose the primary; a timer that started anew at each execution would not (§4.4).
 */
export function censor(context: LiarContext): PbftBehaviour {
  let victim: ClientId | null = null;
  const propose = proposing(context, (truth) => {
    const requests = batchOf(truth)?.requests ?? [];
    const rest = requests.filter(({ message }) => message.client !== victim);
    if (rest.length === requests.length) return null;
    const lie = rebatched(context, truth, rest);
    return () => lie;
  });
  return (input, honest) => {
    victim ??= clientOf(input);
    return propose(input, honest).filter((effect) => !relays(effect, victim));
  };
}

function clientOf(input: PbftInput): ClientId | null {
  return input.kind === "message" && input.signed.kind === "request" ? input.signed.message.client : null;
}

function relays(effect: PbftEffect, client: ClientId | null): boolean {
  return effect.kind === "send" && effect.signed.kind === "request" && effect.signed.message.client === client;
}
