import type { MachineStatus, SlotStatus } from "@bft/core";
import type { Claim, Phase } from "../scenario.js";
import type { Stage } from "../stage.js";
import type { Company } from "./company.js";
import { type Primary, primaryAmong, type Standings } from "./primary.js";
import { listed, replicasText, wordsOf } from "./words.js";

/** Whether something is so at this moment, and what was seen, as a clause. */
export interface Seen {
  readonly holds: boolean;
  readonly saw: string;
}

/** What claims are judged by. */
export interface Sight {
  readonly stage: Stage;
  readonly company: Company;
  /** Request numbers of the stage by name. */
  readonly requests: ReadonlyMap<string, number>;
  /** Who led before the last fault. */
  readonly before: Primary | null;
  /** The newest slot that there was when the last request was handed in: later ones are its own. */
  readonly slotBefore: number;
  /** A condition to wait for: a phase that was passed counts. */
  readonly waiting: boolean;
}

export async function look(claim: Claim, sight: Sight): Promise<Seen> {
  switch (claim.kind) {
    case "answered":
    case "unanswered":
      return answers(claim.kind === "answered", claim.requests, sight);
    case "executed":
    case "not-executed":
      return executed(claim, sight);
    case "phase":
      return phase(claim, sight);
    case "primary":
      return primary(claim, sight);
  }
}

function answers(wanted: boolean, names: readonly string[], { stage, requests }: Sight): Seen {
  const isAnswered = (name: string) => stage.answer(requests.get(name) ?? -1) !== null;
  const other = names.filter((name) => isAnswered(name) !== wanted);
  if (other.length === 0) return { holds: true, saw: `${listed(names)} ${wanted ? "answered" : "not answered"}` };
  return { holds: false, saw: `${listed(other)} ${wanted ? "not answered" : "answered"}` };
}

async function executed(
  { kind, upTo, on }: Extract<Claim, { upTo: unknown }>,
  { stage, company, requests }: Sight,
): Promise<Seen> {
  const answer = typeof upTo === "string" ? stage.answer(requests.get(upTo) ?? -1) : null;
  const seq = typeof upTo === "number" ? upTo : (answer?.seq ?? null);
  if (seq === null) return { holds: false, saw: `${upTo} is not answered, so nobody knows its number` };
  const standings = await stage.look();
  const up = (await company.named(on)).filter((id) => (standings[id] ?? null) !== null);
  const at = (id: number) => standings[id]?.lastExecuted ?? 0;
  const saw = up.map((id) => `replica ${id} executed up to ${at(id)}`).join(", ");
  const holds = up.every((id) => at(id) >= seq === (kind === "executed"));
  return up.length === 0 ? { holds: false, saw: "none of them is up" } : { holds, saw: `${saw} (it is number ${seq})` };
}

const ORDER: readonly (Phase | "nothing")[] = ["nothing", "pre-prepared", "prepared", "committed", "executed"];

async function phase(
  { phase: wanted, on }: Extract<Claim, { kind: "phase" }>,
  { stage, company, waiting, slotBefore }: Sight,
): Promise<Seen> {
  const standings = await stage.look();
  const newest = newestSlot(standings);
  const up = (await company.named(on)).filter((id) => (standings[id] ?? null) !== null);
  if (up.length === 0) return { holds: false, saw: "none of them is up" };
  const slotAt = (id: number) => (newest > slotBefore ? slotOf(standings[id] ?? null, newest) : null);
  const found = up.map((id) => ({ id, phase: phaseOf(slotAt(id)) }));
  const rank = (each: Phase | "nothing") => ORDER.indexOf(each);
  const fits = (each: Phase | "nothing") => (waiting ? rank(each) >= rank(wanted) : each === wanted);
  return {
    holds: found.every((each) => fits(each.phase)),
    saw: newest > slotBefore ? `slot ${newest}: ${phasesText(found)}` : "nobody has a slot for the request yet",
  };
}

function phasesText(found: readonly { readonly id: number; readonly phase: string }[]): string {
  const names = [...new Set(found.map((each) => each.phase))];
  const at = (name: string) => replicasText(found.filter((each) => each.phase === name).map(({ id }) => id));
  return names.map((name) => `${name} at ${at(name)}`).join(", ");
}

/** The highest sequence number that anybody has something for. */
export function newestSlot(standings: Standings): number {
  return Math.max(0, ...standings.flatMap((status) => status?.slots.map(({ seq }) => seq) ?? []));
}

function slotOf(status: MachineStatus | null, seq: number): SlotStatus | null {
  return status?.slots.find((slot) => slot.seq === seq) ?? null;
}

function phaseOf(slot: SlotStatus | null): Phase | "nothing" {
  if (slot?.executed) return "executed";
  if (slot?.committed) return "committed";
  if (slot?.prepared) return "prepared";
  return slot?.prePrepared ? "pre-prepared" : "nothing";
}

async function primary({ is, on }: Extract<Claim, { kind: "primary" }>, { stage, company, before }: Sight): Promise<Seen> {
  const words = wordsOf(stage.protocol);
  const among = await company.named(on);
  const now = primaryAmong(await stage.look(), among);
  if (now === null) return { holds: false, saw: `${replicasText(among)} follow no common ${words.primary}` };
  const saw = `replica ${now.replica} is the ${words.primary} of ${words.view} ${now.view}`;
  return { holds: is === "known" || before === null || now.view > before.view, saw };
}
