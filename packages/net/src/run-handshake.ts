import type { Principal } from "@bft/core";
import type { Clock } from "./clock.js";
import type { FramedSocket } from "./framed-socket.js";
import type { Handshake } from "./handshake.js";

/**
 * Drives one side of a handshake over `framed`, whose `onFrame` it takes over. Closes the connection with the reason when it is
 * refused or late. `onDone` must put its own `onFrame` in place: the next frame goes there.
 */
export function runHandshake(
  framed: FramedSocket,
  handshake: Handshake,
  clock: Clock,
  timeoutMs: number,
  onDone: (peer: Principal, hint: number) => void,
): { readonly cancel: () => void } {
  const cancel = clock.setTimer(() => framed.close("handshake-timeout"), timeoutMs);
  framed.onFrame = (body) => {
    const step = handshake.onFrame(body);
    switch (step.kind) {
      case "send":
        framed.writeNow(step.body);
        break;
      case "refused":
        cancel();
        framed.close(step.code);
        break;
      case "done":
        cancel();
        if (step.send !== null) framed.writeNow(step.send);
        onDone(step.peer, step.hint);
        break;
    }
  };
  return { cancel };
}
