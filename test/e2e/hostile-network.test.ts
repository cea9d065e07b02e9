import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { ClusterClient, ClusterError, loadCluster } from "@bft/replica";
import { expect } from "chai";
import { Lab, until } from "../support/lab.js";

/** Sends bytes to a replica's port as anybody could, and resolves when it has closed the connection. */
function throwBytesAt(port: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve());
    socket.resume();
  });
}

/** A client with the configuration in `dir` gets nothing out of the replicas that it names. */
async function expectNoAnswer(dir: string): Promise<void> {
  const client = await ClusterClient.open(dir);
  const failed = await client.submit(["set x stolen"], { timeoutMs: 300 }).then(
    () => null,
    (error: unknown) => error,
  );
  await client.close();
  expect(failed).to.be.instanceOf(ClusterError);
}

describe("a hostile network: refused with a counted reason that bft status shows, and the replica works on", function () {
  this.timeout(120_000);
  let lab: Lab;
  let port: number;

  before(async () => {
    lab = await Lab.open();
    await lab.ok("up", "--detach");
    port = (await loadCluster(lab.cluster)).replicas[0]?.port ?? 0;
  });
  after(() => lab.close());

  afterEach(async () => {
    expect(await lab.value("set still works")).to.equal("ok");
    expect((await lab.status(0)).machine.lastExecuted).to.be.greaterThan(0);
  });

  async function expectRefused(reason: RegExp): Promise<void> {
    await until(`replica 0 counts ${reason}`, async () =>
      Object.keys((await lab.status(0)).refused).some((each) => reason.test(each)),
    );
    expect(await lab.ok("status")).to.match(reason);
  }

  it("a frame that announces 4 GB", async () => {
    await throwBytesAt(port, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 2, 3));
    await expectRefused(/frame-too-large/);
  });

  it("garbage in a frame of the right form", async () => {
    const body = Uint8Array.from({ length: 60 }, (_, i) => (i * 37) & 0xff);
    await throwBytesAt(port, Uint8Array.of(0, 0, 0, body.length, ...body));
    await expectRefused(/handshake-malformed/);
  });

  it("another cluster's client", async () => {
    const other = await Lab.open();
    try {
      await other.ok("up", "--detach", "--dir", other.cluster);
      await other.ok("down");
      const config = JSON.parse(readFileSync(join(other.cluster, "cluster.json"), "utf8")) as { replicas: { port: number }[] };
      for (const replica of config.replicas) replica.port = port;
      writeFileSync(join(other.cluster, "cluster.json"), JSON.stringify(config));
      await expectNoAnswer(other.cluster);
    } finally {
      await other.close();
    }
    await expectRefused(/handshake-cluster/);
  });

  it("a client whose key is not the listed one", async () => {
    const stranger = await Lab.open();
    try {
      await stranger.ok("up", "--detach");
      await stranger.ok("down");
      const ours = JSON.parse(readFileSync(join(lab.cluster, "cluster.json"), "utf8")) as { clients: object[] };
      const theirs = JSON.parse(readFileSync(join(stranger.cluster, "cluster.json"), "utf8")) as { clients: object[] };
      writeFileSync(join(stranger.cluster, "cluster.json"), JSON.stringify({ ...ours, clients: theirs.clients }));
      await expectNoAnswer(stranger.cluster);
    } finally {
      // Its folder names our replicas by now; they are not its to stop.
      writeFileSync(join(stranger.cluster, "cluster.json"), "{}");
      await stranger.close();
    }
    await expectRefused(/handshake-signature/);
  });
});
