import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { leaseClient, leaseLyingClient } from "../src/client-lease.js";
import { ClusterPaths } from "../src/paths.js";

describe("client identities", () => {
  let dir: string;
  let paths: ClusterPaths;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "bft-lease-"));
    paths = new ClusterPaths(dir);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("are taken from the lower end, and again when they were given back", () => {
    const first = leaseClient(paths, 4);
    expect([first.id, leaseClient(paths, 4).id]).to.deep.equal([0, 1]);
    first.release();
    expect(leaseClient(paths, 4).id).to.equal(0);
  });

  it("liars take from the upper end, a fresh one each time, and an old one when there is no fresh one in their half", () => {
    const taken = Array.from({ length: 4 }, () => {
      const lease = leaseLyingClient(paths, 6);
      lease.release();
      return lease.id;
    });
    expect(taken).to.deep.equal([5, 4, 3, 5]);
  });

  it("liars do not take the lower half, also when the upper one is in use", () => {
    expect([leaseLyingClient(paths, 4).id, leaseLyingClient(paths, 4).id]).to.deep.equal([3, 2]);
    expect(() => leaseLyingClient(paths, 4)).to.throw(/all client identities for lying clients are in use/);
  });
});
