import { expect } from "chai";
import { CRASH } from "./cases/crash.js";
import { EXECUTED } from "./cases/executed.js";
import { IN_FLIGHT } from "./cases/in-flight.js";
import { NOT_PROPOSED } from "./cases/not-proposed.js";
import { NUMBERS } from "./cases/numbers.js";
import { REQUESTS } from "./cases/requests.js";
import { at, everybody, explained, KINDS, REQUEST } from "./support.js";

const CASES = [...EXECUTED, ...IN_FLIGHT, ...NOT_PROPOSED, ...NUMBERS, ...REQUESTS, ...CRASH];

describe("services/explain", () => {
  for (const each of CASES)
    it(each.title, () => {
      const explanation = explained(each.subject, each);
      expect(explanation.verdict).to.deep.equal({ text: each.verdict, section: each.section });
      expect(explanation.kind).to.equal(each.kind);
      if (each.cause !== undefined) expect(explanation.causes.map(({ text }) => text)).to.include(each.cause);
      if (each.next !== undefined) expect(explanation.next.map(({ text }) => text)).to.include(each.next);
      if (each.advice !== undefined) expect(explanation.advice).to.equal(each.advice);
      expect(explanation.known).to.equal(each.kind !== "unknown");
    });

  it("what is missing in the traces is said", () => {
    const { notes } = explained(REQUEST, { replicas: everybody(at(11)), trace: { gap: "the traces do not reach back" } });
    expect(notes).to.deep.equal(["the traces do not reach back"]);
  });

  it("has a case for every verdict there is", () => {
    const told = new Set(CASES.map(({ kind }) => kind));
    expect(KINDS.filter((kind) => !told.has(kind))).to.deep.equal([]);
  });
});
