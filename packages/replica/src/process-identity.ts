import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { systemCode } from "./errors.js";

/** A process id alone proves nothing, because ids are used again; together with the moment it started it does. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for the same process only. */
  readonly started: string;
}

/** Identity and state of a process that lives, or null. */
export function lookUpProcess(pid: number): { readonly identity: ProcessIdentity; readonly paused: boolean } | null {
  return process.platform === "linux" ? lookUpLinux(pid) : lookUpPs(pid);
}

export function selfIdentity(): ProcessIdentity {
  const self = lookUpProcess(process.pid);
  if (self === null) throw new Error("the operating system does not know this process");
  return self.identity;
}

/** /proc/<pid>/stat: state is field 3, start time in clock ticks since boot field 22 (proc(5)). */
function lookUpLinux(pid: number): ReturnType<typeof lookUpProcess> {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ESRCH") return null;
    throw error;
  }
  // The command's name stands in parentheses and may hold anything: count from its end.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  if (state === "Z" || state === "X") return null;
  return { identity: { pid, started: fields[19] ?? "" }, paused: state === "T" || state === "t" };
}

function lookUpPs(pid: number): ReturnType<typeof lookUpProcess> {
  try {
    const [state = "", ...started] = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], { encoding: "utf8" })
      .trim()
      .split(/\s+/);
    if (state === "" || state.startsWith("Z")) return null;
    return { identity: { pid, started: started.join(" ") }, paused: state.startsWith("T") };
  } catch {
    // ps exits with 1 when there is no such process.
    return null;
  }
}
