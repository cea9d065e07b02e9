import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { RoundTrips } from "../../src/dashboard/round-trips.js";

const event = (at: number, kind: string, timestamp: number, more: object = {}) =>
  `${JSON.stringify({ at, kind, client: 0, timestamp, ...more })}\n`;

describe("dashboard/round-trips", () => {
  let folder: string;
  const append = (text: string, name = "client-0.jsonl") => appendFile(join(folder, name), text);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bft-round-trips-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("tells how long what was answered since took, and nothing of what was there before", async () => {
    await append(event(1, "invoked", 7) + event(5, "answered", 7));
    const trips = new RoundTrips(folder);
    expect(await trips.next()).to.deep.equal([]);
    await append(event(10, "invoked", 8) + event(11, "invoked", 9) + event(14.5, "answered", 9));
    expect(await trips.next()).to.deep.equal([3.5]);
    await append(event(30, "answered", 8));
    await append(event(50, "invoked", 1) + event(52, "answered", 1), "client-1.jsonl");
    expect(await trips.next()).to.have.members([20, 2]);
    expect(await trips.next()).to.deep.equal([]);
  });

  it("counts a read that was asked again as one wait", async () => {
    const trips = new RoundTrips(folder);
    await trips.next();
    await append(event(1, "invoked", 1) + event(4, "fell-back", 2, { from: 1 }) + event(9, "answered", 2));
    expect(await trips.next()).to.deep.equal([8]);
  });

  it("puts a line together that was written in two parts", async () => {
    const trips = new RoundTrips(folder);
    await trips.next();
    const text = event(1, "invoked", 1) + event(9, "answered", 1);
    await append(text.slice(0, 30));
    expect(await trips.next()).to.deep.equal([]);
    await append(text.slice(30));
    expect(await trips.next()).to.deep.equal([8]);
  });

  it("skips what is too much at once, and lives with what is no history", async () => {
    const trips = new RoundTrips(folder);
    await trips.next();
    await append([event(1, "invoked", 1), "x".repeat(200_000), "\n", event(2, "invoked", 2), event(5, "answered", 2)].join(""));
    await writeFile(join(folder, "client-9.jsonl"), 'null\n{"at":"soon"}\n[1]\n{"at":1,"kind":"answered","timestamp":4}\n');
    expect(await trips.next()).to.deep.equal([3]);
    await append(event(9, "answered", 1));
    expect(await trips.next()).to.deep.equal([]);
  });

  it("tells everything once, also when it is asked twice at a time", async () => {
    const trips = new RoundTrips(folder);
    await trips.next();
    await append(event(1, "invoked", 1) + event(9, "answered", 1));
    expect((await Promise.all([trips.next(), trips.next()])).flat()).to.deep.equal([8]);
  });

  it("tells nothing where there is no history", async () => {
    expect(await new RoundTrips(join(folder, "nowhere")).next()).to.deep.equal([]);
  });
});
