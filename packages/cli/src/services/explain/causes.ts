import { replicasNamed } from "../../view/text.js";
import { isLying, type Observation } from "../../watch/model.js";
import { absenceSentences, outOf } from "./absence.js";
import type { Point, Refusal } from "./explanation.js";
import { brokenLinks, cutLinks, impairedLinks } from "./links.js";
import { wordsOfReason } from "./reasons/index.js";
import type { Situation } from "./situation.js";
import type { TraceRefusal } from "./trace-facts.js";

/** Everything that is wrong with the cluster and may be why, the likeliest first. */
export function faultsOf(s: Situation): readonly Point[] {
  const { sections } = s;
  const points = (texts: readonly string[], section: string): Point[] => texts.map((text) => ({ text, section }));
  return [
    ...points(liars(s), sections.lies),
    ...points(convicted(s), sections.lies),
    ...points(absentees(s), sections.model),
    ...points([...cutLinks(s), ...brokenLinks(s), ...impairedLinks(s)], sections.retransmission),
    ...points(amnesiacs(s), sections.amnesia),
  ];
}

function liars({ replicas }: Situation): readonly string[] {
  return absences(replicas.filter(isLying));
}

function absences(replicas: readonly Observation[]): readonly string[] {
  return absenceSentences(
    replicas.flatMap((replica) => {
      const absence = outOf(replica);
      return absence === null ? [] : [{ id: replica.id, absence }];
    }),
  );
}

function convicted({ heard, trace }: Situation): readonly string[] {
  const proven = new Set([...heard.flatMap(({ status }) => status?.convicted ?? []), ...trace.accused]);
  if (proven.size === 0) return [];
  const ids = [...proven].sort((a, b) => a - b);
  return [`there is proof that ${replicasNamed(ids)} lied: bft evidence shows it`];
}

function absentees({ replicas }: Situation): readonly string[] {
  return absences(replicas.filter((replica) => !isLying(replica)));
}

function amnesiacs({ heard, facts }: Situation): readonly string[] {
  return heard.flatMap(({ id, status }) => {
    const abstaining = status?.machine.abstaining ?? null;
    if (abstaining === null) return [];
    if (facts.protocol !== "pbft") return [`replica ${id} has lost its disk, and with it its vote for good`];
    const until =
      abstaining.until === null ? "it does not know yet for how long" : `until checkpoint ${abstaining.until} is stable`;
    return [`replica ${id} has lost its disk and does not vote: ${until}`];
  });
}

/** What was refused of the subject; where no trace tells, what any replica ever refused that no correct peer sends. */
export function refusalsOf(s: Situation): readonly Refusal[] {
  const told =
    s.trace.refusals.length > 0 ? s.trace.refusals : s.heard.flatMap(({ id, status }) => totals(id, status?.againstPeers ?? {}));
  const all = told.map((each): Refusal => ({ ...each, ...wordsOfReason(s.facts.protocol, each.reason) }));
  const shown = s.trace.refusals.length > 0 ? all : all.filter(({ kind }) => kind === "fault");
  return [...shown].sort((a, b) => weight(b) - weight(a) || b.count - a.count);
}

function weight({ kind }: Refusal): number {
  return { fault: 3, bound: 2, timing: 1, repeat: 0 }[kind];
}

function totals(
  replica: number,
  againstPeers: Readonly<Record<string, Readonly<Record<string, number>>>>,
): readonly TraceRefusal[] {
  return Object.entries(againstPeers).flatMap(([from, reasons]) =>
    Object.entries(reasons).map(([reason, count]) => ({ replica, from, message: null, reason, count })),
  );
}
