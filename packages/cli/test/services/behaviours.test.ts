import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { behavioursOf, CLIENT_BEHAVIOURS } from "@bft/sim/byzantine";
import { expect } from "chai";
import { behaviourNamed, clientBehaviourNamed } from "../../src/services/behaviours.js";

describe("services/behaviours", () => {
  it("finds each by its name", () => {
    for (const protocol of PROTOCOL_NAMES)
      for (const { name } of behavioursOf(protocol)) expect(behaviourNamed(protocol, name).name).to.equal(name);
    for (const { name } of CLIENT_BEHAVIOURS) expect(clientBehaviourNamed(name).name).to.equal(name);
  });

  const refusals: readonly [title: string, ask: () => unknown, says: string][] = [
    [
      "a misspelt one",
      () => behaviourNamed("pbft", "equivocte"),
      'there is no behaviour of PBFT "equivocte"; did you mean equivocate; all of them: bft byzantine --list',
    ],
    [
      "one that nothing is like",
      () => behaviourNamed("pbft", "politician"),
      'there is no behaviour of PBFT "politician"; all of them: bft byzantine --list',
    ],
    [
      "a client's lie for a replica",
      () => behaviourNamed("pbft", "same-timestamp"),
      "same-timestamp is a lie of clients; tell it with: bft byzantine client same-timestamp",
    ],
    [
      "a replica's lie for a client",
      () => clientBehaviourNamed("equivocate"),
      "equivocate is a lie of replicas; switch it on with: bft byzantine 0 equivocate",
    ],
    [
      "a misspelt client's lie",
      () => clientBehaviourNamed("same-timestmp"),
      'there is no client behaviour "same-timestmp"; did you mean same-timestamp; all of them: bft byzantine --list',
    ],
  ];
  for (const [title, ask, says] of refusals) {
    it(`refuses ${title}`, () => expect(ask).to.throw(says).with.property("exitCode", 2));
  }
});
