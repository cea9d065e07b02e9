/** Why a command that runs until it is told otherwise ends. */
export type StopReason = "SIGINT" | "SIGTERM" | "SIGHUP" | "output-closed";

/** The wish to end, from the person, the system, or because nobody reads any more. */
export interface Signals {
  /** Settles with the first wish. */
  readonly first: Promise<StopReason>;
  /** Settles with the second: at once, please. */
  readonly second: Promise<StopReason>;
  readonly stopped: () => boolean;
  readonly dispose: () => void;
}

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** From here on signals do not end the process: whoever called this sees to it. */
export function catchSignals(): Signals {
  const wishes: StopReason[] = [];
  const heard: ((reason: StopReason) => void)[] = [];
  const nextWish = () => new Promise<StopReason>((resolve) => heard.push(resolve));
  const [first, second] = [nextWish(), nextWish()];
  const onWish = (reason: StopReason) => {
    // A terminal that closes sends SIGHUP and breaks the output: that is one wish.
    if (wishes.length > 0 && (reason === "output-closed" || wishes.at(-1) === "output-closed")) return;
    heard[wishes.length]?.(reason);
    wishes.push(reason);
  };
  const handlers = names.map((name) => {
    const handler = () => onWish(name);
    process.on(name, handler);
    return () => void process.off(name, handler);
  });
  const closed = () => onWish("output-closed");
  process.stdout.on("error", closed);
  return {
    first,
    second,
    stopped: () => wishes.length > 0,
    dispose() {
      for (const off of handlers) off();
      process.stdout.off("error", closed);
    },
  };
}
