import type { Mutant } from "../mutant.js";

/** What is written down before it is said, and what follows when it is not (§4.2, §4.4; TOCS '02 §4.3.2). */
export const RECORDS: readonly Mutant[] = [
  {
    name: "proposal-sent-before-its-record",
    section: "§4.2",
    what: "The primary sends a pre-prepare before it writes it down.",
    file: "pbft/normal-case",
    find: "r.persist(acceptedRecord(slot.prePrepare, batch.bytes));\n    r.broadcast({ ...slot.prePrepare, attachment: batch.bytes });",
    replace:
      "r.broadcast({ ...slot.prePrepare, attachment: batch.bytes });\n    r.persist(acceptedRecord(slot.prePrepare, batch.bytes));",
  },
  {
    name: "commit-sent-before-its-record",
    section: "§4.2",
    what: "A replica sends its commit before it writes down that the batch is prepared.",
    file: "pbft/normal-case",
    find: `r.persist(preparedRecord(slot.certificate));
    if (votes) {
      const commit = r.sign<Commit>({ kind: "commit", view, seq, digest });
      slot.commits.set(r.self, commit);
      r.broadcast(commit);
    }`,
    replace: `if (votes) {
      const commit = r.sign<Commit>({ kind: "commit", view, seq, digest });
      slot.commits.set(r.self, commit);
      r.broadcast(commit);
    }
    r.persist(preparedRecord(slot.certificate));`,
  },
  {
    name: "accepted-not-recorded",
    section: "§4.2",
    what: "A backup does not write down which pre-prepare it has voted for.",
    file: "pbft/normal-case",
    find: "r.persist(acceptedRecord(slot.prePrepare, batch.bytes));\n    if (votes",
    replace: "if (votes",
  },
  {
    name: "number-assigned-again",
    section: "§4.2",
    what: "A primary that comes back goes on from what it has executed, and assigns numbers that it has assigned already.",
    file: "pbft/recovery",
    find: "...r.log.slots().map((slot) => (slot.prePrepare ? slot.seq : 0)),",
    replace: "",
  },
  {
    name: "prepared-not-recorded",
    section: "§4.4",
    what: "A replica does not write down what has prepared: after a restart its view-change leaves it out.",
    file: "pbft/normal-case",
    find: "r.persist(preparedRecord(slot.certificate));",
    replace: "",
  },
  {
    name: "executed-not-recorded",
    section: "§4.2",
    what: "A replica does not write down what it has executed and answered.",
    file: "pbft/execution",
    find: "r.persist(executedRecord(seq, view, batch.bytes, commits), { sync: !prepared });",
    replace: "",
  },
  {
    name: "view-change-not-recorded",
    section: "§4.4",
    what: "A replica does not write down that it has left a view: after a restart it votes there again.",
    file: "pbft/view-change",
    find: "r.persist(viewChangeRecord(signed));",
    replace: "",
  },
  {
    name: "new-view-not-recorded",
    section: "§4.4",
    what: "A backup does not write down the new-view that it has accepted.",
    file: "pbft/view-change",
    find: "r.persist(newViewRecord(signed));\n  enterView(r, signed, checked.plan, checked.prePrepares);",
    replace: "enterView(r, signed, checked.plan, checked.prePrepares);",
  },
  {
    name: "view-not-restated",
    section: "§4.3",
    what: "The records that a checkpoint leaves behind do not name the view: after a restart it is view 0.",
    file: "pbft/restatement",
    find: "if (r.inView && r.newView !== null) records.push(newViewRecord(r.newView));",
    replace: "",
  },
  {
    name: "votes-not-restated",
    section: "§4.3",
    what: "The records that a checkpoint leaves behind do not name the pre-prepares that were voted for above it.",
    file: "pbft/restatement",
    find: "if (prePrepare !== null && batch !== undefined && slot.voted) records.push(acceptedRecord(prePrepare, batch.bytes));",
    replace: "",
  },
  {
    name: "certificates-not-restated",
    section: "§4.3",
    what: "The records that a checkpoint leaves behind do not hold the prepared certificates above it.",
    file: "pbft/restatement",
    find: "if (certificate !== null) records.push(preparedRecord(certificate));",
    replace: "",
  },
  {
    name: "amnesia-ignored",
    section: "TOCS '02 §4.3.2",
    what: "A replica whose disk is gone votes at once.",
    file: "pbft/recovery",
    find: "if (saved.lost) startAbstaining(r);",
    replace: "",
  },
  {
    name: "abstention-too-short",
    section: "TOCS '02 §4.3.2",
    what: "A replica whose disk is gone votes again from the present stable checkpoint on.",
    file: "pbft/abstention",
    find: "abstention.until = (proven + 2 * r.config.window) as SeqNum;",
    replace: "abstention.until = proven as SeqNum;",
  },
  {
    name: "abstention-not-recorded",
    section: "TOCS '02 §4.3.2",
    what: "A replica whose disk is gone does not write down that it abstains: after another restart it votes.",
    file: "pbft/abstention",
    find: "r.persist(amnesiaRecord(until));\n  r.emit",
    replace: "r.emit",
  },
];
