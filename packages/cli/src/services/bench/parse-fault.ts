import { misuse } from "../../errors.js";
import { parseDuration } from "../../view/duration.js";
import type { FaultDeed, PlannedFault } from "./plan.js";

const EXAMPLE = 'write it like --fault "kill 0 @5s"';
const KNOWN = "kill, restart, pause, resume, byzantine, partition, heal";

/**
 * `kill 0 @5s`, `byzantine 1 mute @10s`, `byzantine 1 off @20s`, `partition 0,1 2,3 @5s`, `heal @8s`. Whether there are such replicas and
 * such a behaviour is for the cluster to say.
 * @throws CliError for anything else.
 */
export function parseFault(text: string): PlannedFault {
  const match = /^(.*\S)\s*@\s*(\S+)$/.exec(text.trim());
  if (match === null) throw misuse(`--fault "${text}" does not say when; ${EXAMPLE}`);
  const [, what = "", when = ""] = match;
  const at = parseDuration(when);
  if (!at.ok) throw misuse(`--fault "${text}": ${at.error}`);
  const [word = "", ...rest] = what.split(/\s+/);
  return { atMs: at.ms, text: [word, ...rest].join(" "), deed: deedOf(text, word, rest) };
}

function deedOf(text: string, word: string, rest: readonly string[]): FaultDeed {
  switch (word) {
    case "kill":
    case "restart":
    case "pause":
    case "resume":
      if (rest.length !== 1) throw misuse(`--fault "${text}": ${word} takes the id of a replica, or several as 0,1`);
      return { kind: word, replicas: idsIn(text, rest[0] ?? "") };
    case "byzantine": {
      const [ids, behaviour = "equivocate", ...more] = rest;
      if (ids === undefined || more.length > 0)
        throw misuse(`--fault "${text}": byzantine takes a replica and how it lies, such as: byzantine 1 mute-after-prepare @5s`);
      return { kind: "byzantine", replicas: idsIn(text, ids), behaviour: behaviour === "off" ? null : behaviour };
    }
    case "partition":
      if (rest.length === 0)
        throw misuse(`--fault "${text}": partition takes groups of replicas, such as: partition 0,1 2,3 @5s`);
      return { kind: "partition", groups: rest };
    case "heal":
      if (rest.length > 0) throw misuse(`--fault "${text}": heal takes nothing; it mends all links`);
      return { kind: "heal" };
    default:
      throw misuse(`--fault "${text}": "${word}" is no fault; there are: ${KNOWN}`);
  }
}

function idsIn(text: string, ids: string): readonly number[] {
  if (!/^\d{1,3}(,\d{1,3})*$/.test(ids))
    throw misuse(`--fault "${text}": "${ids}" is not the id of a replica, or several as 0,1`);
  return ids.split(",").map(Number);
}
