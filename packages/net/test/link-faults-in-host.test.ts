import { LinkFaults, SOUND_LINK } from "@bft/net";
import { expect } from "chai";
import { client, closeAll, startAll, ToyKeys } from "./support/cluster.js";
import { closeRaw, dialProven } from "./support/raw-peer.js";
import { turns, until } from "./support/wait.js";

describe("link faults in a host", () => {
  const keys = new ToyKeys(2, 1);
  afterEach(async () => {
    await closeRaw();
    await closeAll();
  });

  it("are one-way: the other direction and the client carry on, and the connection stays up", async () => {
    const [first, second] = await startAll(keys, 2);
    if (first === undefined || second === undefined) throw new Error("no replica");
    const faults = new LinkFaults();
    first.host.setOutgoingFilter(faults.filter);
    faults.set(second.id, { ...SOUND_LINK, cut: true });
    const toFirst = await dialProven(first.address, keys.keyring(client(0)));
    toFirst.say("relay", 1);
    await until("the cut", () => faults.countsOf(second.id).cut === 1);
    toFirst.say("echo", 2);
    expect(await toFirst.hear()).to.equal("pong 2 by replica 0");
    const toSecond = await dialProven(second.address, keys.keyring(client(0)));
    toSecond.say("relay", 3);
    await until("the other direction", () => first.machine.seen.includes("relay 3 by client 0 via replica 1"));
    await turns();
    expect(second.machine.seen).to.deep.equal(["start", "relay 3 by client 0 via client 0"]);
    expect(first.host.stats().links.map(({ connected }) => connected)).to.deep.equal([true]);
    faults.set(second.id, null);
    toFirst.say("relay", 4);
    await until("the healed link", () => second.machine.seen.includes("relay 4 by client 0 via replica 0"));
  });
});
