import { createHash } from "node:crypto";
import {
  changesBetween,
  contentDigest,
  type Digest,
  decodeNode,
  encodeNode,
  encodeWire,
  entry,
  KEY_LENGTH_MAX,
  MerkleStore,
  PrefixStore,
  rootDigest,
  type Snapshot,
  treeOf,
} from "@bft/core";
import { Random } from "@bft/sim";
import { expect } from "chai";
import fc from "fast-check";

const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex") as Digest;

/** Few different keys that share prefixes, one the prefix of another, with surrogate pairs and the empty key among them. */
const key = fc.oneof(
  fc.array(fc.constantFrom("a", "b", "\u0000", "\uffff", "é", "😀", "😁"), { maxLength: 4 }).map((parts) => parts.join("")),
  fc.nat(60).map((n) => `key${n}`),
  fc.nat(20).map((n) => "x".repeat(n)),
);
const value = fc.string({ maxLength: 3 });

type Command =
  | { readonly do: "put"; readonly key: string; readonly value: string }
  | { readonly do: "delete"; readonly key: string }
  | { readonly do: "scan"; readonly from: string; readonly to: string | null; readonly limit: number }
  | { readonly do: "snapshot" | "restore" };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), key, value }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("delete" as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("scan" as const), from: key, to: fc.option(key), limit: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("snapshot" as const, "restore" as const) }) },
);

const sorted = (model: ReadonlyMap<string, string>) => [...model].sort(([a], [b]) => (a < b ? -1 : 1));

describe("MerkleStore", () => {
  it("does what a Map does", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
        const store = new MerkleStore();
        let model = new Map<string, string>();
        let saved: readonly [Snapshot, Map<string, string>] = [store.snapshot(), new Map()];
        for (const each of commands) {
          if (each.do === "put") {
            store.put(each.key, each.value);
            model.set(each.key, each.value);
          } else if (each.do === "delete") expect(store.delete(each.key)).to.equal(model.delete(each.key));
          else if (each.do === "scan") {
            const { from, to, limit } = each;
            const expected = sorted(model).filter(([key]) => key >= from && (to === null || key < to));
            expect(store.scan(from, to, limit)).to.deep.equal(expected.slice(0, limit));
          } else if (each.do === "snapshot") saved = [store.snapshot(), new Map(model)];
          else {
            store.restore(saved[0]);
            model = new Map(saved[1]);
          }
          expect(store.size).to.equal(model.size);
        }
        for (const [key, value] of model) expect(store.get(key)).to.equal(value);
        expect(store.scan("", null, Number.POSITIVE_INFINITY)).to.deep.equal(sorted(model));
        expect(store.get("never put")).to.equal(undefined);
      }),
      { numRuns: 300 },
    );
  });

  it("has one shape for one content, whatever the order and the detours", () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 80 }), fc.array(key, { maxLength: 60 }), fc.nat(), (keys, detours, seed) => {
        const straight = new MerkleStore();
        for (const each of keys) straight.put(each, `v${each}`);
        const crooked = new MerkleStore();
        const random = new Random(seed);
        for (const each of detours) crooked.put(each, "detour");
        for (const each of [...keys].sort(() => random.next() - 0.5)) crooked.put(each, `v${each}`);
        for (const each of detours) if (!keys.includes(each)) crooked.delete(each);
        expect(crooked.digest(hash)).to.equal(straight.digest(hash));
        expect(rootDigest(treeOf(keys.map((each) => entry(each, `v${each}`))), hash)).to.equal(straight.digest(hash));
      }),
      { numRuns: 300 },
    );
  });

  it("changes its digest exactly when its content changes", () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 60 }), fc.nat(), (keys, at) => {
        const store = new MerkleStore();
        for (const each of keys) store.put(each, "v");
        const before = store.digest(hash);
        const changed = keys[at % keys.length] as string;
        store.put(changed, "v");
        expect(store.digest(hash)).to.equal(before);
        store.put(changed, "w");
        const other = store.digest(hash);
        expect(other).to.not.equal(before);
        store.delete(changed);
        expect([before, other]).to.not.include(store.digest(hash));
        store.put(changed, "v");
        expect(store.digest(hash)).to.equal(before);
      }),
    );
  });

  it("tells a key's end from a value's beginning", () => {
    const digests = [
      ["a", "bc"],
      ["ab", "c"],
      ["abc", ""],
    ].map(([key = "", value = ""]) => {
      const store = new MerkleStore();
      store.put(key, value);
      return store.digest(hash);
    });
    expect(new Set(digests).size).to.equal(3);
  });

  it("a snapshot does not change with the store, and its digest stays", () => {
    const store = new MerkleStore();
    for (let i = 0; i < 100; i++) store.put(`k${i}`, "1");
    const snapshot = store.snapshot();
    const digest = store.digest(hash);
    for (let i = 0; i < 100; i++) store.delete(`k${i}`);
    expect(store.size).to.equal(0);
    expect(rootDigest(snapshot, hash)).to.equal(digest);
    expect(new MerkleStore(snapshot).get("k99")).to.equal("1");
  });

  it("§4.3: the digest after a change costs the path to it, not the whole state", () => {
    const store = new MerkleStore();
    for (let i = 0; i < 10_000; i++) store.put(`key${i}`, "1");
    let hashed = 0;
    const counted = (bytes: Uint8Array) => {
      hashed += 1;
      return hash(bytes);
    };
    store.digest(counted);
    expect(hashed).to.be.greaterThan(600);
    hashed = 0;
    store.put("key5000", "2");
    store.digest(counted);
    expect(hashed).to.be.within(2, 20);
  });

  for (const [title, key, value] of [
    ["a key with a lone surrogate", "\ud800", "v"],
    ["a value with a lone surrogate", "k", "x\udc00"],
    ["a value that begins with a byte order mark", "k", "\uFEFFx"],
  ] as const)
    it(`refuses ${title}, and is as it was`, () => {
      const store = new MerkleStore();
      expect(() => store.put(key, value)).to.throw(/well-formed/);
      expect(store.size).to.equal(0);
    });
});

describe("nodes of the state", () => {
  it("come back as they were encoded, and build the same tree", () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 120 }), (keys) => {
        const store = new MerkleStore();
        for (const each of keys) store.put(each, `v${each}`);
        expectSame(store.snapshot());
      }),
    );
  });

  const bad: readonly (readonly [title: string, bytes: Uint8Array])[] = [
    ["nothing", new Uint8Array(0)],
    ["an unknown kind of node", encodeWire([2, []])],
    ["a key without a value", encodeWire([0, ["a"]])],
    ["entries that are numbers", encodeWire([0, [1, 2]])],
    ["seventeen entries", encodeWire([0, Array.from({ length: 34 }, (_, i) => `${i}`)])],
    ["an eighteenth child", encodeWire([1, 0, new Uint8Array(0), 1 << 17, new Uint8Array(32)])],
    ["a child of 31 bytes", encodeWire([1, 0, new Uint8Array(0), 1, new Uint8Array(31)])],
    ["more digests than children", encodeWire([1, 0, new Uint8Array(0), 1, new Uint8Array(64)])],
    ["more children than digests", encodeWire([1, 0, new Uint8Array(0), 3, new Uint8Array(32)])],
    ["a prefix shorter than its depth", encodeWire([1, 8, new Uint8Array(2), 3, new Uint8Array(64)])],
    ["a depth that no key has", encodeWire([1, 5000, new Uint8Array(2500), 3, new Uint8Array(64)])],
  ];
  for (const [title, bytes] of bad)
    it(`${title} is refused without a throw`, () => {
      expect(decodeNode(bytes).ok).to.equal(false);
    });
});

describe("PrefixStore", () => {
  it("two prefixes do not see each other, also where one key space ends and the next begins", () => {
    const inner = new MerkleStore();
    const [one, two] = [new PrefixStore(inner, "a/"), new PrefixStore(inner, "b/")];
    for (const each of ["", "k", "\uffff", "0", "😀"]) {
      one.put(each, "one");
      two.put(each, "two");
    }
    expect(one.scan("", null, 100).map(([key, value]) => [key, value])).to.deep.equal(
      ["", "0", "k", "😀", "\uffff"].map((key) => [key, "one"]),
    );
    expect(one.scan("k", "😀", 100)).to.deep.equal([["k", "one"]]);
    expect(one.scan("", null, 2)).to.have.lengthOf(2);
    expect(one.delete("k")).to.equal(true);
    expect([one.get("k"), two.get("k"), inner.get("b/k")]).to.deep.equal([undefined, "two", "two"]);
  });

  it("bounds keys and values", () => {
    const store = new PrefixStore(new MerkleStore(), "a/", 10);
    store.put("k".repeat(KEY_LENGTH_MAX), "v".repeat(10));
    expect(() => store.put("k".repeat(KEY_LENGTH_MAX + 1), "")).to.throw(/at most 250 characters, this one has 251/);
    expect(() => store.put("k", "v".repeat(11))).to.throw(/at most 10 characters, this one has 11/);
  });
});

describe("changesBetween", () => {
  it("turns the earlier state into the later one, and names nothing else", () => {
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 60 }), fc.dictionary(key, value, { maxKeys: 60 }), (before, after) => {
        const [earlier, later] = [before, after].map((each) =>
          treeOf(Object.entries(each).map(([key, value]) => entry(key, value))),
        ) as [Snapshot, Snapshot];
        const model = new Map(Object.entries(before));
        const names: string[] = [];
        for (const { key, value } of changesBetween(earlier, later)) {
          names.push(key);
          if (value === null) expect(model.delete(key)).to.equal(true);
          else {
            expect(model.get(key)).to.not.equal(value);
            model.set(key, value);
          }
        }
        expect(sorted(model)).to.deep.equal(sorted(new Map(Object.entries(after))));
        expect(new Set(names).size).to.equal(names.length);
      }),
    );
  });
});

/** Each node below, encoded and decoded, says the same as the node, and has the digest that its parent names. */
function expectSame(node: Snapshot): void {
  const decoded = decodeNode(encodeNode(node, hash));
  if (!decoded.ok) throw new Error(decoded.error.detail);
  const content = decoded.message;
  expect(contentDigest(content, hash)).to.equal(rootDigest(node, hash));
  if (node === null || node.kind === "leaf") {
    if (content.kind !== "leaf") throw new Error("a leaf was expected");
    expect([content.keys, content.values]).to.deep.equal(node === null ? [[], []] : [node.keys, node.values]);
    return;
  }
  if (content.kind !== "branch") throw new Error("a branch was expected");
  expect(content.depth).to.equal(node.depth);
  expect(node.sample.startsWith(content.sample.slice(0, node.depth >> 2))).to.equal(true);
  for (const [slot, child] of node.slots.entries()) {
    expect(content.children[slot]).to.equal(child === null ? null : rootDigest(child, hash));
    if (child !== null) expectSame(child);
  }
}
