import { readdirSync, readFileSync } from "node:fs";
import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { type CloseReason, isRefusal } from "@bft/net";
import { expect } from "chai";
import { inProject } from "../../../../../test/support/project.js";
import { PROTOCOL_REASONS, wordsOfReason } from "../../../src/services/explain/reasons/index.js";
import { NET_REASONS } from "../../../src/services/explain/reasons/net.js";

describe("services/explain/reasons", () => {
  const tables = [...PROTOCOL_NAMES.map((name) => PROTOCOL_REASONS[name]), NET_REASONS];

  it("each reason has a clause of its own that a person can read to its end", () => {
    for (const [reason, { words }] of tables.flatMap((table) => Object.entries(table))) {
      expect(words, reason).to.match(/^[a-z].*[^.\s]$/);
      expect(words.length, reason).to.be.within(10, 130);
      expect(words, `${reason} is not its own explanation`).not.to.contain(reason.includes("-") ? reason : "\u0000");
    }
  });

  it("sections are written as the papers' are", () => {
    for (const { section } of tables.flatMap((table) => Object.values(table)))
      if (section !== null) expect(section).to.match(/^(TOCS '02 )?§\d(\.\d)*$/);
  });

  it("has what the network counts by a name of its own: every text in its source that is given as a reason", () => {
    const folder = inProject("packages", "net", "src");
    const source = readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(`${folder}/${name}`, "utf8"))
      .join("\n");
    const given = [...source.matchAll(/(?:[rR]efused?|dropped\.add|close)\((?:[^()"]|\([^()]*\))*"([a-z]+-[a-z-]+)"/g)].map(
      ([, reason]) => reason ?? "",
    );
    expect(given, "the source still looks so").to.include.members(["client-rate", "link-queue-full", "client-not-connected"]);
    const counted = given.filter((reason) => isRefusal(reason as CloseReason));
    expect(counted.filter((reason) => !Object.hasOwn(NET_REASONS, reason))).to.deep.equal([]);
  });

  it("the protocol's own meaning comes first, and what is not known speaks for itself", () => {
    expect(wordsOfReason("raft", "old-term").section).to.equal("§5.1");
    expect(wordsOfReason("pbft", "signature-invalid").kind).to.equal("fault");
    expect(wordsOfReason("pbft", "old-term")).to.deep.equal({ kind: "bound", words: "old-term", section: null });
    for (const name of ["constructor", "__proto__", "toString"]) expect(wordsOfReason("pbft", name).words).to.equal(name);
  });
});
