import { Readable } from "node:stream";
import { expect } from "chai";
import { requestsOf } from "../../src/services/submit.js";

async function read(text: string): Promise<string[]> {
  const requests = requestsOf(Readable.from([text]));
  // A command connects to the cluster before it reads: nothing may get lost meanwhile.
  await new Promise(setImmediate);
  const operations: string[] = [];
  for await (const request of requests) operations.push(...request);
  return operations;
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => new Error("it did not fail"),
    (error: Error) => error,
  );
}

describe("services/submit", () => {
  it("reads a request from each line, without the empty ones and the comments", async () => {
    expect(await read("set x 1\n\n  get x  \r\n# a comment\nset y 2")).to.deep.equal(["set x 1", "get x", "set y 2"]);
  });

  it("says what to write when there is nothing to submit", async () => {
    expect(await failureOf(read("\n# nothing\n"))).to.include({ code: "nothing-to-submit", exitCode: 1 });
  });
});
