// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import {
  type BuiltService,
  buildUserService,
  ClusterError,
  ClusterPaths,
  changedSource,
  createCluster,
  isMadeFrom,
  loadCluster,
  removeCluster,
} from "@bft/replica";
import { expect } from "chai";
import { loadUserService } from "../../src/user-service/load.js";
import { Folder } from "./support/folder.js";
import { run } from "./support/service.js";

describe("a cluster with a service of its own", () => {
  let folder: Folder;
  let dir: string;
  let built: BuiltService;

  beforeEach(async () => {
    folder = new Folder();
    dir = folder.file(".bft");
    folder.write("words.js", "export const greet = (name) => `hello ${name}`;");
    built = await buildUserService(
      folder.write("mine.js", 'import { greet } from "./words.js";\nexport default (s, o) => greet(o);'),
    );
    await createCluster({ dir, faults: 1, service: built, basePort: null });
  });
  afterEach(() => folder.remove());

  async function load() {
    const { service, module } = await loadCluster(dir);
    if (module === null) throw new Error("the cluster has no service of its own");
    return { module, load: () => loadUserService(dir, service, module, () => undefined) };
  }

  it("is named in cluster.json, and loaded from the code beside it", async () => {
    expect((await loadCluster(dir)).service).to.equal("mine");
    const service = (await load()).load();
    expect(service.name).to.equal("mine");
    expect(run(service as never, "Ann").value).to.equal("hello Ann");
  });

  it("keeps what it was made with when the source changes, and knows that it has", async () => {
    const { module, load: again } = await load();
    expect(changedSource(dir, module)).to.equal(null);
    folder.write("words.js", "export const greet = (name) => `goodbye ${name}`;");
    expect(changedSource(dir, module)).to.equal(folder.file("words.js"));
    expect(run(again() as never, "Ann").value).to.equal("hello Ann");
    rmSync(folder.file("words.js"));
    expect(changedSource(dir, module)).to.equal(null);
  });

  it("knows which module it was made from", async () => {
    const { module } = await load();
    expect(isMadeFrom(dir, module, folder.file("mine.js"))).to.equal(true);
    expect(isMadeFrom(dir, module, folder.file("words.js"))).to.equal(false);
  });

  it("refuses code with another digest", async () => {
    const { load: again } = await load();
    const file = new ClusterPaths(dir).service;
    writeFileSync(file, `${readFileSync(file, "utf8")} `);
    expect(again).to.throw(
      ClusterError,
      /service\.js is not the service that this cluster was made with: its digest is [0-9a-f]{12}…, not [0-9a-f]{12}…; restore it, or start anew with: bft up --fresh$/,
    );
  });

  it("refuses to run without its code", async () => {
    const { load: again } = await load();
    rmSync(new ClusterPaths(dir).service);
    expect(again).to.throw(ClusterError, /the service can not be read .*bft up --fresh$/);
  });

  it("is removed with the cluster", async () => {
    await removeCluster(dir);
    expect(existsSync(new ClusterPaths(dir).service)).to.equal(false);
  });
});

describe("a service that does not come with bft", () => {
  it("is refused before anything is made", async () => {
    const folder = new Folder();
    const dir = folder.file(".bft");
    const refusal = await createCluster({ dir, faults: 1, service: "bnak", basePort: null }).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(ClusterError);
    expect((refusal as ClusterError).message).to.equal(
      "there is no service bnak; there are kv, bank, counter, or the path of a module of your own",
    );
    expect(existsSync(dir)).to.equal(false);
    folder.remove();
  });

  it("is refused in a cluster.json that names it", async () => {
    const folder = new Folder();
    const dir = folder.file(".bft");
    await createCluster({ dir, faults: 1, service: "bank", basePort: null });
    const { config } = new ClusterPaths(dir);
    writeFileSync(config, readFileSync(config, "utf8").replace('"bank"', '"bnak"'));
    const refusal = await loadCluster(dir).catch((error: unknown) => error);
    expect((refusal as ClusterError).message).to.match(
      /not valid \(service: there is no service bnak; there are kv, bank, counter\)/,
    );
    folder.remove();
  });
});
