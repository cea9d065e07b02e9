import { Transform, useInput } from "ink";
import { useMemo, useSyncExternalStore } from "react";
import { keysOf } from "./keys.js";
import type { DashboardStore, Frame } from "./store.js";

/** The dashboard: shows the store's frames, and hands it the keys. */
export function Dashboard({ store }: { readonly store: DashboardStore }) {
  const frame = useSyncExternalStore(store.subscribe, store.frame);
  useInput((input, key) => store.press(keysOf(input, key), Date.now()));
  return <FrameView frame={frame} />;
}

/**
 * A frame as one block of text. Ink 6.8 measures the text of a component and keeps every text that it has ever measured, so
 * a changing text costs memory for ever. A `Transform` is measured by what it is given, here always the same blanks, and
 * each row is put in when it is drawn.
 */
export function FrameView({ frame }: { readonly frame: Frame }) {
  const { columns, lines } = frame;
  const blanks = useMemo(
    () => Array.from({ length: lines.length }, () => " ".repeat(columns)).join("\n"),
    [lines.length, columns],
  );
  return <Transform transform={(_, row) => lines[row] ?? ""}>{blanks}</Transform>;
}
