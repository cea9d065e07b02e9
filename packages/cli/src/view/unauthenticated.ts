import type { ClusterConfig } from "@bft/replica";
import { type Line, span } from "./line.js";
import { fit, widthOf, wrapped } from "./text.js";

type Auth = Pick<ClusterConfig, "auth">;

const WARNING =
  "NOT AUTHENTICATED: no signature is made or checked, so anybody can speak for anybody; for measuring only (bft up --auth none)";

/** The same in fewer and fewer words; the last one fits wherever anything is shown. */
const BANNERS: readonly string[] = [
  "NOT AUTHENTICATED: no signature is made or checked, anybody can speak for anybody; for measuring only",
  "NOT AUTHENTICATED: anybody can speak for anybody; for measuring only",
  "NOT AUTHENTICATED: for measuring only",
  "NOT AUTHENTICATED",
];

/** Whether whoever reaches a cluster can speak for all its members. */
export function isUnauthenticated({ auth }: Auth): boolean {
  return auth === "none";
}

/** What is to be said of a cluster without signatures wherever it is spoken of; nothing when it has them. */
export function authWarning(config: Auth, columns: number): readonly Line[] {
  return isUnauthenticated(config) ? wrapped(WARNING, columns).map((text): Line => [span(text, "badBar")]) : [];
}

/** The same across a whole screen, in as many words as fit. */
export function authBanner(columns: number): Line {
  const text = BANNERS.map((words) => ` ${words}`).find((words) => widthOf(words) < columns) ?? BANNERS.at(-1) ?? "";
  return [span(fit(text, columns), "badBar")];
}
