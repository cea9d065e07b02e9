import { useInput } from "ink";
import { useLayoutEffect, useSyncExternalStore } from "react";
import { keysOf } from "./keys.js";
import type { DashboardStore } from "./store.js";

/** Shows rows of text as they are. `Screen` does it on a terminal. */
export interface Surface {
  draw(lines: readonly string[]): void;
}

interface Props {
  readonly store: DashboardStore;
  readonly surface: Surface;
}

/**
 * The dashboard: hands keys to the store, and the store's frames to the surface. Ink reads the keys and keeps the component
 * alive, but does not lay out the frame: it would turn each cell into an object, 25 ms for 160x50, and keep the text of every
 * frame for ever (docs/adr/0030-terminal-ui.md).
 */
export function Dashboard({ store, surface }: Props) {
  const frame = useSyncExternalStore(store.subscribe, store.frame);
  useLayoutEffect(() => surface.draw(frame), [surface, frame]);
  useInput((input, key) => store.press(keysOf(input, key), Date.now()));
  return null;
}
