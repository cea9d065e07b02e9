import type { Entry } from "../catalogue.js";
import { censor } from "./censor.js";
import { inventOperation } from "./invent-operation.js";
import { repeatRequest } from "./repeat-request.js";
import { silentPrimary } from "./silent-primary.js";
import { slowPrimary } from "./slow-primary.js";
import { tooFew } from "./too-few.js";
import { withholdBody } from "./withhold-body.js";
import { wrongBatch } from "./wrong-batch.js";
import { seqGap, seqJump, seqOffByOne, viewOffByOne } from "./wrong-number.js";

/** The lies of a primary. A backup that is told to tell one is honest until it is primary. */
export const PRIMARY: readonly Entry[] = [
  {
    name: "silent-primary",
    summary: "as primary sends no pre-prepares and no new-views; votes like the others as backup",
    holds: "requests that wait too long make the others change the view; nothing is lost",
    create: silentPrimary,
  },
  {
    name: "wrong-batch",
    summary: "as primary sends each pre-prepare with a batch that its digest is not the digest of",
    holds: "every backup refuses the batch and votes for nothing; the view changes",
    create: wrongBatch,
  },
  {
    name: "seq-gap",
    summary: "as primary leaves out one sequence number and goes on after it",
    holds: "nothing after the gap is executed until a new view fills it with a null request",
    create: seqGap,
  },
  {
    name: "seq-jump",
    summary: "as primary jumps far ahead: inside the window, past it, or to the largest number there is",
    holds: "what lies beyond the window is refused, what lies inside waits; the view changes and fills the gap",
    create: seqJump,
  },
  {
    name: "seq-off-by-one",
    summary: "as primary tells one replica each batch under the next sequence number, the others under the right one",
    holds: "the others agree without that replica, and it fetches what they committed",
    create: seqOffByOne,
  },
  {
    name: "view-off-by-one",
    summary: "as primary signs its pre-prepares for the view before or after the present one",
    holds: "backups accept pre-prepares of their own view only, from its primary; the view changes",
    create: viewOffByOne,
  },
  {
    name: "too-few",
    summary: "as primary sends its pre-prepares to so few backups that nothing can prepare",
    holds: "nothing commits on fewer votes than a quorum; the view changes and the requests are ordered there",
    create: tooFew,
  },
  {
    name: "withhold-body",
    summary: "as primary sends headers without their batch, to all or to some, and never answers who asks for the batch",
    holds: "no correct replica votes for what it has not read; who lacks a batch gets it from another correct replica",
    create: withholdBody,
  },
  {
    name: "invent-operation",
    summary: "as primary adds to each batch an operation that its client never signed",
    holds: "backups check each request's signature, so only what clients asked for is executed",
    create: inventOperation,
  },
  {
    name: "repeat-request",
    summary: "as primary proposes requests again that were executed long ago",
    holds: "each request is executed once: the client table knows which were, on every replica alike",
    create: repeatRequest,
  },
  {
    name: "censor",
    summary: "ignores one client's requests, as primary and when they should be passed on to the primary",
    holds: "the client asks all replicas, they wait for its request and depose a primary that never proposes it",
    create: censor,
  },
  {
    name: "slow-primary",
    summary: "as primary holds each pre-prepare back until just before the backups' patience ends",
    holds:
      "results are right however late they come; backups that hold many requests in vain replace it, though none waited too long",
    create: slowPrimary,
  },
];
