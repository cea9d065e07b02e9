import { access, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** How often a `bft up` in the foreground looks whether somebody asked it to end. */
const LOOK_MS = 300;

function markOf(dir: string): string {
  return path.join(dir, "down-asked");
}

/** `bft down` leaves this mark, so that a `bft up` that stays in the foreground ends too instead of watching nothing. */
export async function askDown(dir: string): Promise<void> {
  await writeFile(markOf(dir), "", { mode: 0o600 });
}

export async function clearDown(dir: string): Promise<void> {
  await rm(markOf(dir), { force: true });
}

/** Settles when `bft down` was called; `stop` ends the looking. */
export function downAsked(dir: string): { readonly asked: Promise<void>; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const asked = new Promise<void>((resolve) => {
    timer = setInterval(() => void access(markOf(dir)).then(resolve, () => {}), LOOK_MS);
  });
  return { asked, stop: () => clearInterval(timer) };
}
