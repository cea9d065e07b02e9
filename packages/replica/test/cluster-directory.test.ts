import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { createCluster, loadCluster } from "../src/cluster-directory.js";
import type { ClusterError } from "../src/errors.js";
import { ClusterPaths } from "../src/paths.js";

describe("a cluster's directory", () => {
  let dir: string;
  const refusal = (): Promise<ClusterError> =>
    loadCluster(dir).then(
      () => expect.fail("it was read"),
      (error: ClusterError) => error,
    );
  /** Changes cluster.json as a person with an editor would. */
  const edit = (change: (config: Record<string, unknown>) => unknown) => {
    const { config } = new ClusterPaths(dir);
    writeFileSync(config, JSON.stringify(change(JSON.parse(readFileSync(config, "utf8")) as Record<string, unknown>)));
  };

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "bft-directory-"));
    await createCluster({ dir, faults: 1, service: "kv", basePort: null });
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("is read as it was made", async () => {
    expect((await loadCluster(dir)).replicas).to.have.lengthOf(4);
  });

  for (const version of [1, 3])
    it(`of version ${version} is refused: a replica that can not read its log would take it for a lost disk`, async () => {
      edit((config) => ({ ...config, version }));
      const { code, message } = await refusal();
      expect(code).to.equal("cluster-version");
      expect(message).to.match(/made by another version of bft .*version \d, this one reads 2\); use that one, or start anew/);
    });

  it("without a version is damaged, not of another one", async () => {
    edit(({ version: _, ...others }) => others);
    expect((await refusal()).code).to.equal("cluster-damaged");
  });
});
