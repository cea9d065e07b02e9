const DEADLINE_MS = 5_000;

/** Resolves once `holds` gives true, asked once per turn of the event loop. @throws Error naming `what` after a deadline. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${DEADLINE_MS} ms in vain: ${what}`);
    await turn();
  }
}

/** One whole turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Lets everything that is under way on loopback sockets happen; for asserting that something does not. */
export async function turns(count = 50): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}
