import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MessageBase, type ReplicaId, replicaId, replicaPrincipal, type SignedOf } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { portsOf } from "@bft/net";
import { expect } from "chai";
import type { ClusterConfig } from "../../src/cluster-config.js";
import { createCluster } from "../../src/cluster-directory.js";
import { crossExamine } from "../../src/evidence/cross-examination.js";
import { EvidenceFolder } from "../../src/evidence/evidence-folder.js";
import { type FoundProof, PROOF_BYTES_MAX, proofFound, proofText, verifyProofText } from "../../src/evidence/proof-file.js";
import { ReplyBook } from "../../src/evidence/reply-book.js";
import { openKeyring } from "../../src/keyring.js";
import { ClusterPaths } from "../../src/paths.js";
import { RecordingWriter } from "../../src/recording/recording-writer.js";

const PBFT = protocolNamed("pbft");
const [a, b] = ["aa".repeat(32), "bb".repeat(32)];

describe("evidence files", () => {
  let home: string;
  let config: ClusterConfig;
  let other: ClusterConfig;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "bft-evidence-"));
    [config, other] = (await Promise.all(
      ["one", "other"].map((name) => createCluster({ dir: join(home, name), faults: 1, service: "kv", basePort: null })),
    )) as [ClusterConfig, ClusterConfig];
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  function vote(by: number, kind: string, seq: number, digest: string): SignedOf<MessageBase> {
    const keyring = openKeyring(config, replicaPrincipal(replicaId(by)), new ClusterPaths(join(home, "one")).replicaKey(by));
    const message = { kind, view: 0, seq, digest };
    const payload = PBFT.codec.encode(message as never);
    const signature = portsOf(keyring).sign(payload);
    return {
      kind,
      signer: replicaPrincipal(replicaId(by)),
      message,
      payload,
      signature,
      attachment: null,
    } as SignedOf<MessageBase>;
  }

  function proof(by = 2, seq = 5): FoundProof {
    return {
      accused: by,
      rule: "two-commits",
      kinds: ["commit", "commit"],
      first: vote(by, "commit", seq, a),
      second: vote(by, "commit", seq, b),
    };
  }

  function folder(): { readonly path: string; readonly kept: EvidenceFolder } {
    const path = mkdtempSync(join(home, "evidence-"));
    return { path, kept: new EvidenceFolder(path, config) };
  }

  it("a proof travels as text, and holds wherever the public keys are", () => {
    const verdict = verifyProofText(proofText(proof(), config), config);
    expect(verdict).to.deep.include({ ok: true, accused: 2, rule: "two-commits", seq: 5 });
  });

  for (const [title, change, reason] of [
    ["another accused", (text: string) => text.replace('"accused": 2', '"accused": 1'), "signature-invalid"],
    ["an accused that is not there", (text: string) => text.replace('"accused": 2', '"accused": 9'), "unknown-replica"],
    ["another protocol", (text: string) => text.replace('"pbft"', '"raft"'), "other-cluster"],
    ["no JSON", (text: string) => text.slice(1), "not-a-proof-file"],
    ["a field that is missing", (text: string) => text.replace('"second"', '"third"'), "not-a-proof-file"],
    ["bytes that are no base64", (text: string) => text.replace(/"payload": "/, '"payload": "*'), "not-a-proof-file"],
    [
      "megabytes of base64",
      (text: string) => text.replace(/"signature": "[^"]*"/, `"signature": "${"AAAA".repeat(2 << 20)}"`),
      "signature-invalid",
    ],
    ["an empty signature", (text: string) => text.replace(/"signature": "[^"]*"/, '"signature": ""'), "signature-invalid"],
    ["too large", (text: string) => text + " ".repeat(PROOF_BYTES_MAX), "too-large"],
    ["nothing", () => "", "not-a-proof-file"],
  ] as const)
    it(`proves nothing: ${title}`, () => {
      expect(verifyProofText(change(proofText(proof(), config)), config)).to.deep.equal({ ok: false, reason });
    });

  it("proves nothing in another cluster", () => {
    expect(verifyProofText(proofText(proof(), config), other)).to.deep.equal({ ok: false, reason: "other-cluster" });
    const renamed = proofText(proof(), config).replace(config.clusterId, other.clusterId);
    expect(verifyProofText(renamed, other)).to.deep.equal({ ok: false, reason: "signature-invalid" });
  });

  it("what a liar claims to be evidence is none without the signatures", () => {
    const context = { protocol: PBFT, replicas: 4, verify: () => false };
    expect(proofFound({ accused: 2, first: vote(2, "commit", 5, a), second: vote(2, "commit", 5, b) }, context)).to.equal(null);
    const same = { accused: 2, first: vote(2, "commit", 5, a), second: vote(2, "commit", 5, a) };
    expect(proofFound(same, { ...context, verify: () => true })).to.equal(null);
  });

  it("the same proof is one file, whichever message comes first, readable by its owner only", () => {
    const { path, kept } = folder();
    const { first, second } = proof();
    kept.keep(proof());
    kept.keep({ ...proof(), first: second, second: first });
    expect(readdirSync(path)).to.have.lengthOf(1);
    expect(kept.proofs().map(({ accused, rule, view, seq }) => ({ accused, rule, view, seq }))).to.deep.equal([
      { accused: 2, rule: "two-commits", view: 0, seq: 5 },
    ]);
  });

  it("a liar that lies for ever does not fill the disk, and does not shield another one", () => {
    const { path, kept } = folder();
    for (let seq = 1; seq <= 105; seq++) kept.keep(proof(2, seq));
    expect(readdirSync(path)).to.have.lengthOf(100);
    expect(kept.keep(proof(2, 200))).to.equal(null);
    expect(kept.keep(proof(3, 1))).to.be.a("string");
  });

  it("what does not hold is not told, whoever put it into the folder", () => {
    const { path, kept } = folder();
    const file = kept.keep(proof()) ?? "";
    writeFileSync(
      join(path, "replica-1-two-commits-0123456789ab.json"),
      readFileSync(file, "utf8").replace('"accused": 2', '"accused": 1'),
    );
    writeFileSync(join(path, "notes.txt"), "not ours");
    mkdirSync(join(path, "replica-1-two-commits-ba9876543210.json"));
    expect(kept.proofs().map(({ accused }) => accused)).to.deep.equal([2]);
    expect(new EvidenceFolder(join(path, "nowhere"), config).proofs()).to.deep.equal([]);
    expect(kept.convicted(), "not replica 1, against which nothing holds").to.deep.equal([2]);
    expect(new EvidenceFolder(join(path, "nowhere"), config).convicted()).to.deep.equal([]);
  });

  it("a client keeps the proof when a replica answers it in two ways", () => {
    const path = mkdtempSync(join(home, "evidence-"));
    const book = new ReplyBook(path, config);
    const hear = (by: number, timestamp: number, value: string) => {
      const keyring = openKeyring(config, replicaPrincipal(replicaId(by)), new ClusterPaths(join(home, "one")).replicaKey(by));
      const fields = { kind: "reply", view: 0, client: 0, timestamp, seq: 5, ordered: true, results: [{ ok: true, value }] };
      const payload = PBFT.codec.encode(fields as never);
      const signed = { kind: "reply", signer: keyring.self, message: fields, payload, signature: portsOf(keyring).sign(payload) };
      book.hear({ ...signed, attachment: null } as never);
    };
    for (const value of ["1", "1"]) hear(1, 7, value);
    for (const value of ["1", "2", "3"]) hear(2, 7, value);
    for (const timestamp of [8, 9]) hear(3, timestamp, String(timestamp));
    expect(new EvidenceFolder(path, config).proofs().map(({ accused, rule, seq }) => ({ accused, rule, seq }))).to.deep.equal([
      { accused: 2, rule: "two-replies", seq: 5 },
    ]);
  });

  it("each replica was told its own story: together they convict, with the votes that others quote", async () => {
    const dir = join(home, "one");
    const quoting = {
      kind: "committed",
      seq: 7,
      commits: [vote(3, "commit", 7, a)].map(({ signer, message, payload, signature }) => ({
        signerId: signer.id,
        message,
        payload,
        signature,
      })),
    };
    const payload = PBFT.codec.encode(quoting as never);
    const keyring = openKeyring(config, replicaPrincipal(replicaId(0)), new ClusterPaths(dir).replicaKey(0));
    const committed = {
      kind: "committed",
      signer: replicaPrincipal(replicaId(0)),
      message: quoting,
      payload,
      signature: portsOf(keyring).sign(payload),
      attachment: null,
    } as unknown as SignedOf<MessageBase>;
    const forged = { ...vote(1, "commit", 5, b), signature: new Uint8Array(64) };
    const told: readonly (readonly SignedOf<MessageBase>[])[] = [
      [vote(2, "commit", 5, a), vote(1, "commit", 5, a), committed],
      [vote(2, "commit", 5, b), forged, vote(3, "commit", 7, b)],
    ];
    for (const [replica, messages] of told.entries()) await record(dir, config, replica, messages);
    const { witnesses, messages, proofs } = crossExamine(dir, config);
    expect(witnesses).to.deep.equal([0, 1]);
    expect(messages).to.equal(7);
    expect(proofs.map(({ accused, rule }) => `${accused} ${rule}`).sort()).to.deep.equal(["2 two-commits", "3 two-commits"]);
    for (const found of proofs) expect(verifyProofText(proofText(found, config), config).ok).to.equal(true);
  });
});

async function record(
  dir: string,
  config: ClusterConfig,
  replica: number,
  messages: readonly SignedOf<MessageBase>[],
): Promise<void> {
  const writer = new RecordingWriter({
    folder: new ClusterPaths(dir).recording(replica),
    clusterId: config.clusterId,
    replica,
    protocol: config.protocol,
    base: { config: {} as never, saved: { state: null, records: [], lost: false } },
    onStopped: (error) => {
      throw error;
    },
  });
  for (const signed of messages) writer.add({ kind: "message", signed, via: replicaPrincipal(0 as ReplicaId) }, []);
  await writer.close();
}
