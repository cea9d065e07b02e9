import type { Entry } from "../catalogue.js";
import { duplicateSigner } from "./duplicate-signer.js";
import { endlessViewChanges } from "./endless-view-changes.js";
import { forgeCertificates } from "./forge-certificates.js";
import { hideCertificates } from "./hide-certificates.js";
import { hugeView } from "./huge-view.js";
import { newViewAltered } from "./new-view-altered.js";
import { newViewDropped } from "./new-view-dropped.js";
import { newViewEarly } from "./new-view-early.js";
import { newViewExtra } from "./new-view-extra.js";
import { newViewForged } from "./new-view-forged.js";
import { thinCertificates } from "./thin-certificates.js";
import { twoNewViews } from "./two-new-views.js";

/** The lies of a replica in a view change. */
export const VIEW_CHANGE: readonly Entry[] = [
  {
    name: "hide-certificates",
    summary:
      "sends view-changes without what prepared at it, or with an older stable checkpoint, and builds its new-view on them",
    holds: "what committed also prepared at a correct replica of every quorum, so the new view carries it all the same",
    create: hideCertificates,
  },
  {
    name: "forge-certificates",
    summary: "sends view-changes with certificates that it made up: its own signature under the names of others",
    holds: "every signature in a certificate is checked, so the view-change is refused and a quorum goes on without it",
    create: forgeCertificates,
  },
  {
    name: "duplicate-signer",
    summary: "sends view-changes with certificates in which its own vote stands as often as a quorum needs",
    holds: "a certificate counts distinct signers, so the view-change is refused and a quorum goes on without it",
    create: duplicateSigner,
  },
  {
    name: "thin-certificates",
    summary: "sends view-changes with real certificates of too few votes: what was only proposed stands there as prepared",
    holds: "a certificate needs a quorum, so the view-change is refused and a quorum goes on without it",
    create: thinCertificates,
  },
  {
    name: "huge-view",
    summary: "asks again and again for a view of enormous number",
    holds: "it takes f+1 replicas to make another one follow, and then to the smallest view asked for: nobody goes there",
    create: hugeView,
  },
  {
    name: "endless-view-changes",
    summary: "asks for the next view all the time, then for the one after it, and so on",
    holds: "the view changes only when a correct replica asks too; one view-change of each replica is kept",
    create: endlessViewChanges,
  },
  {
    name: "new-view-altered",
    summary: "as primary of a new view: starts it with another batch in place of one that prepared",
    holds: "each backup computes the same from the view-changes, refuses the new-view, and the next view begins",
    create: newViewAltered,
  },
  {
    name: "new-view-dropped",
    summary: "as primary of a new view: starts it without one of the batches that prepared",
    holds: "each backup computes what must be in it, refuses the new-view, and the next view begins",
    create: newViewDropped,
  },
  {
    name: "new-view-extra",
    summary: "as primary of a new view: starts it with one batch more than prepared",
    holds: "each backup computes what may be in it, refuses the new-view, and the next view begins",
    create: newViewExtra,
  },
  {
    name: "two-new-views",
    summary: "as primary of a new view: starts it for half of the replicas one way and for the others another way, both valid",
    holds: "no two correct replicas execute different batches; at the worst the view changes again",
    create: twoNewViews,
  },
  {
    name: "new-view-forged",
    summary: "as primary of a new view: starts it before others ask, on its own view-change under their names or many times",
    holds: "V needs a quorum of different replicas, each with its own signature; the view begins when they really ask",
    create: newViewForged,
  },
  {
    name: "new-view-early",
    summary: "as primary of a new view: starts it when f+1 replicas have asked for it, fewer than a quorum",
    holds: "f+1 may not know what committed, so V must be a quorum; the view begins when enough have asked",
    create: newViewEarly,
  },
];
