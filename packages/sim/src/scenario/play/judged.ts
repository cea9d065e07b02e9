import type { Violation } from "../../checkers/checker.js";
import type { Judged, Property } from "../scenario.js";
import type { Judgement } from "../stage.js";
import type { Seen } from "./claims.js";
import { divergenceOf, divergenceText } from "./divergence.js";
import { listed, replicasText } from "./words.js";

/** A property as it was found: whether it held, and what a checker says when it did not. */
interface Found {
  readonly is: "held" | "broken" | "not found out";
  readonly saw: string;
  readonly what: string | null;
}

export function propertyOf(property: Property, judgement: Judgement): Found {
  const { violations, linearizable } = judgement;
  const found = violations.filter((each) => property === "safety" || each.checker === property);
  const divergence = divergenceOf(judgement);
  const visible = found.find(({ checker, seq }) => checker === "agreement" && seq === divergence?.seq);
  // What differs most visibly is told, though something may have differed before.
  const first = visible ?? found[0];
  if (first !== undefined) {
    const told = divergence === null || visible === undefined ? "" : `: ${divergenceText(divergence)}`;
    return { is: "broken", saw: `broken${placeOf(first)}${told}`, what: first.what };
  }
  const byClients = property === "linearizability" || property === "safety";
  if (byClients && linearizable === false) return { is: "broken", saw: "broken: no order explains the answers", what: null };
  if (property === "linearizability" && linearizable === null)
    return { is: "not found out", saw: "not found out, within the bound of the search", what: null };
  return { is: "held", saw: "held", what: null };
}

/** ` (number 1, replicas 1 and 2)`. */
function placeOf({ seq, replicas }: Violation): string {
  const where = seq === null ? [] : [`number ${seq}`];
  const place = [...where, ...(replicas.length === 0 ? [] : [replicasText(replicas)])];
  return place.length === 0 ? "" : ` (${place.join(", ")})`;
}

/** @param against the replicas that evidence is asked for against */
export function judge(judged: Judged, judgement: Judgement, against: readonly number[]): Seen & { readonly what: string | null } {
  if (judged.kind === "property") {
    const { is, saw, what } = propertyOf(judged.property, judgement);
    return { holds: is === judged.is, saw: `${judged.property} ${saw}`, what };
  }
  const accused = against.filter((id) => judgement.events.some((event) => event.kind === "evidence" && event.accused === id));
  const missing = against.filter((id) => !accused.includes(id));
  if (against.length === 0) return { holds: false, saw: "nobody lied, so there is no evidence", what: null };
  if (missing.length > 0) return { holds: false, saw: `there is no evidence against ${replicasText(missing)}`, what: null };
  return { holds: true, saw: `evidence against ${replicasText(accused)}: ${evidenceText(judgement, accused)}`, what: null };
}

/** Of the first replica that has some. */
function evidenceText({ events }: Judgement, accused: readonly number[]): string {
  for (const event of events) {
    if (event.kind !== "evidence" || !accused.includes(event.accused)) continue;
    const { first, second } = event;
    const slot = "seq" in first ? ` for sequence number ${first.seq}` : "";
    return `replica ${event.replica} holds two ${second.kind === "other" ? "messages" : `${second.kind}s`}${slot} signed by it that contradict each other`;
  }
  return "";
}

/** What an expectation expects, as a clause. */
export function expected(judged: Judged, against: readonly number[]): string {
  return judged.kind === "property" ? `${judged.property} ${judged.is}` : `evidence against ${replicasText(against)}`;
}

/** The sentence that ends an account: what held, and for whom. */
export function summary(judgement: Judgement, liars: readonly number[], title: string): string {
  const { violations } = judgement;
  const of = liars.length === 0 ? "all replicas are correct" : `judged are all but ${replicasText(liars)}, which lied`;
  if (violations.length === 0 && judgement.linearizable !== false)
    return `${title} held everything that the checkers know (${of})`;
  const names = [...new Set(violations.map(({ checker }) => checker))];
  return `${title} broke ${listed(names.length === 0 ? ["linearizability"] : names)} (${of})`;
}
