import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replicaId, replicaPrincipal } from "@bft/core";
import { expect } from "chai";
import { type ClusterConfig, parseClusterConfig } from "../src/cluster-config.js";
import { createCluster } from "../src/cluster-directory.js";
import { EvidenceFolder } from "../src/evidence/evidence-folder.js";
import { openKeyring, publicKeysOf } from "../src/keyring.js";
import { ClusterPaths } from "../src/paths.js";
import { isLoopback } from "../src/ports.js";

const self = replicaPrincipal(replicaId(0));
const payload = Uint8Array.of(1);

describe("a cluster without signatures, and one whose signatures noble computes", function () {
  this.timeout(20_000);
  let dir: string;
  let config: ClusterConfig;
  const ringOf = (of: Partial<ClusterConfig>) => openKeyring({ ...config, ...of }, self, new ClusterPaths(dir).replicaKey(0));
  const schemeOf = (of: Partial<ClusterConfig>) => ringOf(of).scheme.name;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "bft-unsigned-"));
    config = await createCluster({ dir, faults: 1, service: "kv", basePort: null });
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it("is what has to be asked for: signatures by a native library are the default, of old configurations too", () => {
    const { auth, crypto, ...before } = config;
    expect({ auth, crypto }).to.deep.equal({ auth: "signatures", crypto: "native" });
    expect(parseClusterConfig(before)).to.deep.equal(config);
    expect(schemeOf({})).to.be.oneOf(["sodium", "node"]);
    expect(schemeOf({ crypto: "noble" })).to.equal("noble");
    expect(schemeOf({ auth: "none" })).to.equal("none");
  });

  it("is refused when the configuration says something else, or when others could reach it", () => {
    expect(parseClusterConfig({ ...config, auth: "some" }))
      .to.have.property("problem")
      .that.matches(/^auth: /);
    expect(parseClusterConfig({ ...config, crypto: "rsa" }))
      .to.have.property("problem")
      .that.matches(/^crypto: /);
    const replicas = config.replicas.map((replica) => (replica.id === 2 ? { ...replica, host: "10.0.0.5" } : replica));
    expect(parseClusterConfig({ ...config, replicas, auth: "none" })).to.deep.equal({
      problem: "auth: none is for measuring on loopback addresses only; replica 2 listens on 10.0.0.5",
    });
    expect(parseClusterConfig({ ...config, replicas })).to.not.have.property("problem");
    expect(parseClusterConfig({ ...config, auth: "none" })).to.not.have.property("problem");
    for (const host of ["127.0.0.1", "127.3.2.1", "localhost", "::1"]) expect(isLoopback(host), host).to.equal(true);
    for (const host of ["0.0.0.0", "::", "127.evil.example", "128.0.0.1", ""]) expect(isLoopback(host), host).to.equal(false);
  });

  it("proves nothing: what its members take for a signature no proof rests on, and no proof is kept", () => {
    const unsigned = { ...config, auth: "none" } as const;
    const ring = ringOf(unsigned);
    const signature = ring.sign("bft message", payload);
    expect(ring.verify("bft message", self, payload, signature)).to.equal(true);
    expect(publicKeysOf(unsigned).verify("bft message", self, payload, signature)).to.equal(false);
    const signed = ringOf({}).sign("bft message", payload);
    expect(publicKeysOf(unsigned).verify("bft message", self, payload, signed), "Ed25519 as ever").to.equal(true);

    const part = { payload, signature };
    const kinds: [string, string] = ["prepare", "prepare"];
    const proof = { accused: 0, rule: "two-prepares", kinds, first: part, second: part } as const;
    expect(new EvidenceFolder(join(dir, "none"), unsigned).keep(proof)).to.equal(null);
    expect(new EvidenceFolder(join(dir, "some"), config).keep(proof)).to.match(/replica-0-two-prepares-.*json$/);
  });
});
