import type { Mutant } from "../mutant.js";

/** TOCS '02 §5.2, §5.3: retransmission and state transfer. */
export const CATCH_UP: readonly Mutant[] = [
  {
    name: "status-not-answered",
    section: "TOCS '02 §5.2",
    what: "A replica that has lost messages is not sent them again.",
    file: "pbft/retransmission",
    find: "if (slot.seq <= status.lastExecuted || slot.seq > r.oldWork) continue;",
    replace: "if (slot.seq > 0) continue;",
  },
  {
    name: "status-answered-once",
    section: "TOCS '02 §5.2",
    what: "A replica answers another one's status the first time only.",
    file: "pbft/retransmission",
    find: "r.statusAnswered.clear();",
    replace: "",
  },
  {
    name: "new-view-not-repeated",
    section: "TOCS '02 §5.2",
    what: "A replica that has missed a new-view is not sent it again.",
    file: "pbft/retransmission",
    find: "if (r.inView && r.newView !== null) return r.send(from, r.newView);",
    replace: "",
  },
  {
    name: "view-change-not-repeated",
    section: "TOCS '02 §5.2",
    what: "A replica whose view-change was lost does not send it again.",
    file: "pbft/retransmission",
    find: "if (!r.inView && own !== undefined) r.send(from, own);",
    replace: "",
  },
  {
    name: "stable-checkpoint-not-told",
    section: "TOCS '02 §5.2",
    what: "A replica that is behind is not told of the stable checkpoint beyond its window.",
    file: "pbft/retransmission",
    find: "if (status.stableSeq < r.stable.seq)\n    r.send",
    replace: "if (status.stableSeq < 0)\n    r.send",
  },
  {
    name: "state-from-one-source",
    section: "TOCS '02 §5.3.2",
    what: "A replica asks one other for the state, however often it gets no answer.",
    file: "pbft/state-transfer",
    find: "do transfer.source = ((transfer.source + 1) % r.config.replicas) as ReplicaId;\n  while (transfer.source === r.self);",
    replace: "if (transfer.source === r.self) transfer.source = ((transfer.source + 1) % r.config.replicas) as ReplicaId;",
  },
  {
    name: "transfer-beyond-window-only",
    section: "TOCS '02 §5.3.2",
    what: "A replica fetches a state only when it lies beyond its window, not when nobody can send any more what leads there.",
    file: "pbft/state-transfer",
    find: "if (r.ahead !== null && stuck) startTransfer(r, r.ahead);",
    replace: "",
  },
  {
    name: "transfer-without-state",
    section: "TOCS '02 §5.3.2",
    what: "After a transfer the replica goes on from the checkpoint's number with its own old state.",
    file: "pbft/state-transfer",
    find: "r.store.restore(root);\n  r.lastExecuted = target.seq;",
    replace: "r.lastExecuted = target.seq;",
  },
];
