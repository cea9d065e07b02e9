import type { Claim, Judged } from "../scenario.js";
import type { Judgement } from "../stage.js";
import { look, type Sight } from "./claims.js";
import { type Done, failed, held, skipped } from "./done.js";
import { expected, judge } from "./judged.js";
import type { Patience } from "./patience.js";

/** What is broken shows a moment later: replicas execute one after the other, and write down what they did. */
const BROKEN_WITHIN_MS = 5_000;
/** Checkers read all that happened: they are asked less often than replicas. */
const POLL_MS = 250;

/** An expectation beside what was found. */
interface Result {
  readonly holds: boolean;
  readonly saw: string;
  readonly expected: string | null;
  /** A checker's words. */
  readonly what: string | null;
}

/** Which of the expectations count when lies were left out: those before any lie, and that everything holds. */
export interface Honesty {
  readonly withoutLies: boolean;
  readonly lieLeftOut: boolean;
}

/** An `expect` step: compares what is so now with what is expected. */
export async function expectNow(
  claims: readonly (Claim | Judged)[],
  sight: Omit<Sight, "waiting">,
  patience: Patience,
  honesty: Honesty,
): Promise<Done> {
  const results: Result[] = [];
  for (const claim of claims)
    if (!isJudged(claim) && !honesty.lieLeftOut)
      results.push({ ...(await look(claim, { ...sight, waiting: false })), expected: null, what: null });
  results.push(...(await judgedResults(wanted(claims.filter(isJudged), honesty), sight, patience)));
  if (results.length === 0) return skipped("nothing is expected here without the lie");
  const did = results.map(({ saw }) => saw).join("; ");
  const wrong = results.filter(({ holds }) => !holds);
  const [what = null] = results.flatMap((each) => each.what ?? []);
  if (wrong.length === 0) return held(did, what);
  const reasons = wrong.map((each) => (each.expected === null ? each.saw : `expected ${each.expected}; ${each.saw}`));
  return failed(did, [reasons.join("; "), ...(what === null ? [] : [what])].join(". "));
}

function isJudged(claim: Claim | Judged): claim is Judged {
  return claim.kind === "property" || claim.kind === "evidence";
}

function wanted(claims: readonly Judged[], { withoutLies }: Honesty): readonly Judged[] {
  if (!withoutLies) return claims;
  return claims.flatMap((claim): readonly Judged[] => (claim.kind === "property" ? [{ ...claim, is: "held" }] : []));
}

/** Asks the checkers; again and again while something that must be broken is not yet. */
async function judgedResults(
  claims: readonly Judged[],
  { stage, company }: Omit<Sight, "waiting">,
  patience: Patience,
): Promise<readonly Result[]> {
  if (claims.length === 0) return [];
  const against: (readonly number[])[] = [];
  for (const claim of claims) against.push(claim.kind === "evidence" ? await company.named(claim.against) : []);
  const results = (judgement: Judgement): readonly Result[] =>
    claims.map((claim, index) => {
      const of = against[index] ?? [];
      return { ...judge(claim, judgement, of), expected: expected(claim, of) };
    });
  const mayCome = claims.map((claim) => claim.kind === "evidence" || claim.is === "broken");
  let found: readonly Result[] = [];
  const isSettled = async () => {
    found = results(await stage.judge());
    return found.every(({ holds }, index) => holds || mayCome[index] !== true);
  };
  await patience.until(BROKEN_WITHIN_MS, isSettled, POLL_MS);
  return found;
}
