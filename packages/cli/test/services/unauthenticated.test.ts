import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { CliError } from "../../src/errors.js";
import { verifyEvidence } from "../../src/services/evidence.js";
import { refuseIdleCrypto } from "../../src/services/unauthenticated.js";
import { prepareCluster, type UpRequest } from "../../src/services/up.js";

const NOTHING_SAID: Omit<UpRequest, "dir"> = {
  faults: null,
  protocol: null,
  service: null,
  durability: null,
  reads: null,
  trace: null,
  auth: null,
  crypto: null,
  clients: null,
  basePort: null,
  metrics: null,
  fresh: false,
};

describe("services, of a cluster that is unusual in its signatures", () => {
  let dir: string;
  const up = (request: Partial<UpRequest>) => prepareCluster({ ...NOTHING_SAID, ...request, dir });
  const refusal = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error);

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "bft-unusual-"));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("signs with a native library unless something else is said", async () => {
    expect((await up({})).config).to.include({ auth: "signatures", crypto: "native" });
  });

  it("keeps what it was made with: other flags are refused in one sentence, the same ones are not", async () => {
    for (const [made, other, says] of [
      [{ auth: "none" }, { auth: "signatures" }, "runs with --auth none, not signatures"],
      [{ auth: "signatures" }, { auth: "none" }, "runs with --auth signatures, not none"],
      [{ crypto: "noble" }, { crypto: "native" }, "runs with --crypto noble, not native"],
    ] as const) {
      const { config } = await up({ ...made, fresh: true });
      const before = readFileSync(path.join(dir, "cluster.json"), "utf8");
      const error = await refusal(up(other));
      expect(error).to.be.instanceOf(CliError);
      expect((error as Error).message)
        .to.contain(says)
        .and.contain("bft up --");
      expect(readFileSync(path.join(dir, "cluster.json"), "utf8"), "nothing has changed").to.equal(before);
      expect((await up(made)).config).to.deep.equal(config);
      expect((await up({})).config).to.deep.equal(config);
    }
  });

  it("proves nothing where nothing is signed", async () => {
    const config = path.join(dir, "cluster.json");
    await up({ auth: "none" });
    expect(() => verifyEvidence(config, config)).to.throw(CliError, "nothing is signed in this cluster");
    await up({ auth: "signatures", fresh: true });
    expect(verifyEvidence(config, config).verdict).to.deep.equal({ ok: false, reason: "not-a-proof-file" });
  });

  it("has nobody compute what nobody signs", () => {
    expect(() => refuseIdleCrypto("none", "noble")).to.throw(CliError, "leave one of the two out");
    for (const [auth, crypto] of [
      ["none", undefined],
      ["signatures", "noble"],
      [undefined, "noble"],
    ] as const)
      expect(() => refuseIdleCrypto(auth, crypto)).to.not.throw();
  });
});
