import { expect } from "chai";
import { Outbox } from "../src/outbox.js";

describe("outbox: which records are synchronised", () => {
  const record = (n: number) => Uint8Array.of(n);

  it("an append is, when one of its records is to be; what only waits for others is not", async () => {
    const appends: [numbers: number[], sync: boolean][] = [];
    const ends: (() => void)[] = [];
    const released: string[][] = [];
    const log = {
      append: (records: readonly Uint8Array[], sync: boolean) => {
        appends.push([records.map((each) => each[0] ?? 0), sync]);
        return new Promise<void>((resolve) => ends.push(resolve));
      },
    };
    const outbox = new Outbox<string>(
      log,
      (outs) => outs.length > 0 && released.push([...outs]),
      (error) => {
        throw error;
      },
    );
    const settle = async () => {
      ends.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    };
    outbox.add([record(1)], false, ["a"]);
    outbox.add([record(2)], false, ["b"]);
    outbox.add([record(3)], true, ["c"]);
    expect(released).to.deep.equal([]);
    await settle();
    outbox.add([record(4)], false, ["d"]);
    await settle();
    await settle();
    expect(appends).to.deep.equal([
      [[1], false],
      [[2, 3], true],
      [[4], false],
    ]);
    expect(released).to.deep.equal([["a"], ["b", "c"], ["d"]]);
  });
});
