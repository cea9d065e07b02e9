import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CliError } from "../../errors.js";

/** A folder of its own for the results of one run, and `latest` beside it that leads there. */
export class ResultsFolder {
  readonly path: string;

  /** @throws CliError when it can not be made. */
  constructor(out: string, now: Date) {
    this.path = made(out, () => {
      mkdirSync(out, { recursive: true });
      const folder = newFolder(out, stamp(now));
      // Renamed into its place: somebody who reads `latest` meanwhile finds the old one or the new one.
      const link = path.join(out, `.latest-${process.pid}`);
      symlinkSync(path.basename(folder), link);
      renameSync(link, path.join(out, "latest"));
      return folder;
    });
  }

  /** Writes a file and says where. @throws CliError when it can not be written. */
  write(name: string, text: string): string {
    const file = path.join(this.path, name);
    return made(file, () => {
      writeFileSync(file, text);
      return file;
    });
  }
}

/** Runs what writes to `where`. @throws CliError that names it, and why. */
export function made<T>(where: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError("not-written", `${where} can not be written: ${why}; name another place with --out`);
  }
}

/** `base`, or `base-2` and so on when there were several in one second. */
function newFolder(out: string, base: string): string {
  for (let number = 1; ; number++) {
    const folder = path.join(out, number === 1 ? base : `${base}-${number}`);
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** `2026-01-31T14-05-09`, in the time of this machine; sorts in order of time. */
function stamp(now: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  return `${day}T${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("-")}`;
}
