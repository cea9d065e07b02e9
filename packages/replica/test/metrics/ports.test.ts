import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type ClusterConfig, parseClusterConfig } from "../../src/cluster-config.js";
import { changeMetrics, changePorts, createCluster, loadCluster } from "../../src/cluster-directory.js";
import { metricsPorts, metricsUrl } from "../../src/metrics/address.js";
import { adjacentFreePorts } from "../../src/ports.js";

const problemOf = async (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.message);

describe("where metrics are served", function () {
  this.timeout(20_000);
  let dir: string;
  let config: ClusterConfig;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "bft-metrics-"));
    config = await createCluster({ dir, faults: 1, service: "kv", basePort: null });
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it("nowhere, unless it is asked for; a configuration of before says nothing of it", () => {
    expect(config.metrics).to.equal(null);
    expect([metricsPorts(config), metricsUrl(config, 0)]).to.deep.equal([[], null]);
    const { metrics: _, ...before } = config;
    expect(parseClusterConfig(before)).to.deep.equal(config);
  });

  it("on free ports in a row, none of them a replica's; kept until something else is asked for", async () => {
    const { metrics } = await changeMetrics(dir, "auto");
    const basePort = metrics?.basePort ?? 0;
    const loaded = await loadCluster(dir);
    expect(metricsPorts(loaded)).to.deep.equal([basePort, basePort + 1, basePort + 2, basePort + 3]);
    expect(metricsUrl(loaded, 3)).to.equal(`http://127.0.0.1:${basePort + 3}/metrics`);
    const own = config.replicas.map(({ port }) => port);
    expect(metricsPorts(loaded).filter((port) => own.includes(port))).to.deep.equal([]);
    expect((await changeMetrics(dir, "off")).metrics).to.equal(null);
  });

  it("not on a port of a replica, whichever of the two is changed, nor on one that there is not", async () => {
    const shared = config.replicas[2]?.port ?? 0;
    const why = `port ${shared} can not serve both a replica's messages and its metrics; choose other ports with`;
    expect(await problemOf(changeMetrics(dir, shared))).to.equal(`${why} --metrics`);
    expect(parseClusterConfig({ ...config, metrics: { basePort: shared } })).to.deep.equal({
      problem: `metrics: port ${shared} is where replica 2 takes messages`,
    });
    const { metrics } = await changeMetrics(dir, "auto");
    expect(await problemOf(changePorts(dir, metrics?.basePort ?? 0))).to.match(/both.*choose other ports with --port$/);
    expect(await problemOf(changeMetrics(dir, 65_534))).to.match(/^ports 65534 to 65537 do not exist/);
    expect(parseClusterConfig({ ...config, metrics: { basePort: 65_534 } })).to.deep.equal({
      problem: "metrics: there is no port 65537",
    });
    expect(await loadCluster(dir), "nothing of that was written down").to.deep.equal({ ...config, metrics });
  });

  it("not on a port that is in use", async () => {
    const basePort = await adjacentFreePorts(4, []);
    const busy = await listening(basePort + 1);
    try {
      expect(await problemOf(changeMetrics(dir, basePort))).to.equal(
        `port ${basePort + 1} is in use by another program; choose other ports with --metrics, or say --metrics auto to take free ones`,
      );
    } finally {
      busy.close();
    }
  });
});

function listening(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", () => resolve(server));
  });
}
