import { formatHistory, type HistoryFile, parseHistory } from "@bft/sim";
import { expect } from "chai";
import fc from "fast-check";

const good = {
  client: 0,
  id: 1,
  operations: ["get x"],
  readOnly: true,
  invoked: 1,
  returned: 2,
  results: [{ ok: true, value: null }],
};
const file = (operations: unknown, more: object = {}) => JSON.stringify({ version: 1, service: "kv", operations, ...more });

function errorOf(text: string): string {
  const parsed = parseHistory(text);
  if (parsed.ok) throw new Error("it was read");
  return parsed.error;
}

describe("linearizability: history files", () => {
  it("what is written is read again", () => {
    const result = fc.record({ ok: fc.boolean(), value: fc.option(fc.string()) });
    const entry = fc.record({
      client: fc.nat(),
      operations: fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
      readOnly: fc.boolean(),
      invoked: fc.integer({ min: 0, max: 99 }),
      lasts: fc.option(fc.nat(9)),
      result,
    });
    fc.assert(
      fc.property(fc.string(), fc.array(entry), (service, entries) => {
        const history = entries.map(({ lasts, result, ...rest }, id) => ({
          ...rest,
          id,
          returned: lasts === null ? null : rest.invoked + lasts,
          results: lasts === null ? null : rest.operations.map(() => result),
        }));
        const written: HistoryFile = { service, history };
        expect(parseHistory(formatHistory(written))).to.deep.equal({ ok: true, file: written });
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  const cases: readonly (readonly [title: string, text: string, error: string | RegExp])[] = [
    ["no JSON", "{", /^the file is not JSON: /],
    ["nested without end", `${"[".repeat(200_000)}`, /^the file is not JSON: /],
    ["a list", "[]", "the file: expected an object, got a list"],
    ["no fields", "{}", "the file has no field version"],
    ["another version", file([], { version: 2 }), "version: expected 1, the only version that this program knows, got 2"],
    ["a field too many", file([], { more: 1 }), 'the file has a field "more"; the fields are version, service, operations'],
    ["a prototype", '{"version":1,"service":"kv","operations":[],"__proto__":{}}', /has a field "__proto__"/],
    ["no service", file([], { service: 1 }), "service: expected a text, got 1"],
    ["no list", file({}), "operations: expected a list, got an object"],
    ["an entry that is none", file([good, null]), "operation 1: expected an object, got null"],
    ["a missing field", file([{ ...good, results: undefined }]), "operation 0 has no field results"],
    ["an unknown field", file([{ ...good, at: 1 }]), /^operation 0 has a field "at"; the fields are client, id,/],
    ["a negative client", file([{ ...good, client: -1 }]), "operation 0: client: expected a whole number >= 0, got -1"],
    ["a broken id", file([{ ...good, id: 1.5 }]), "operation 0: id: expected a whole number >= 0, got 1.5"],
    ["an id that is too large", file([{ ...good, id: 2 ** 53 }]), /operation 0: id: expected a whole number/],
    [
      "operations that are no list",
      file([{ ...good, operations: "get x" }]),
      'operation 0: operations: expected a list, got "get x"',
    ],
    ["an operation that is no text", file([{ ...good, operations: [7] }]), "operation 0: operations[0]: expected a text, got 7"],
    [
      "no operation",
      file([{ ...good, operations: [], results: [] }]),
      "operation 0: operations: a request has at least one operation",
    ],
    [
      "too many operations",
      file([{ ...good, operations: Array(10_001).fill("") }]),
      /operation 0: operations: at most 10000 entries/,
    ],
    ["too many entries", file(Array(200_001).fill(0)), /^operations: at most 200000 entries were expected, got 200001$/],
    ["readOnly as a number", file([{ ...good, readOnly: 0 }]), "operation 0: readOnly: expected true or false, got 0"],
    [
      "an endless time",
      file([good]).replace('"invoked":1', '"invoked":1e999'),
      "operation 0: invoked: expected a finite number, got null",
    ],
    ["a time that is a text", file([{ ...good, returned: "2" }]), 'operation 0: returned: expected a finite number, got "2"'],
    ["an answer before the question", file([{ ...good, returned: 0 }]), "operation 0: returned: 0 is before invoked, 1"],
    ["an answer without a time", file([{ ...good, returned: null }]), /operation 0: results: they are null exactly when/],
    ["a time without an answer", file([{ ...good, results: null }]), /operation 0: results: they are null exactly when/],
    ["a result too few", file([{ ...good, results: [] }]), "operation 0: results: 1 operations have 0 results"],
    ["a result that is none", file([{ ...good, results: ["1"] }]), 'operation 0: results[0]: expected an object, got "1"'],
    ["a result without ok", file([{ ...good, results: [{ value: "1" }] }]), "operation 0: results[0] has no field ok"],
    [
      "ok as a text",
      file([{ ...good, results: [{ ok: "yes", value: "1" }] }]),
      'operation 0: results[0]: ok: expected true or false, got "yes"',
    ],
    [
      "a value that is a number",
      file([{ ...good, results: [{ ok: true, value: 1 }] }]),
      "operation 0: results[0]: value: expected a text, got 1",
    ],
    [
      "an id twice",
      file([good, { ...good, invoked: 3, returned: 4 }]),
      "operation 1: id: client 0 has used 1 before, for operation 0",
    ],
    ["a very long value", file([{ ...good, client: "x".repeat(10_000) }]), /got "x{59}…$/],
  ];
  for (const [title, text, error] of cases)
    it(`refused: ${title}`, () => {
      if (typeof error === "string") expect(errorOf(text)).to.equal(error);
      else expect(errorOf(text)).to.match(error);
    });

  it("never throws, whatever JSON it gets", () => {
    fc.assert(
      fc.property(fc.json(), fc.jsonValue(), (text, value) => {
        expect(parseHistory(text)).to.have.property("ok");
        expect(parseHistory(file(value))).to.have.property("ok");
        expect(parseHistory(file([{ ...good, results: value }]))).to.have.property("ok");
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
