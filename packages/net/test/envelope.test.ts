import { clientId, clientPrincipal, replicaId, replicaPrincipal } from "@bft/core";
import { decodeEnvelope, ENVELOPE_OVERHEAD_BYTES, type Envelope, encodeEnvelopeFrame, FRAME_HEADER_BYTES } from "@bft/net";
import { expect } from "chai";
import fc from "fast-check";

const envelope: Envelope = {
  sender: replicaPrincipal(replicaId(3)),
  signature: Uint8Array.from({ length: 64 }, (_, i) => i),
  payload: Uint8Array.of(10, 11, 12),
  attachment: null,
};

const body = (of: Envelope): Uint8Array => encodeEnvelopeFrame(of).subarray(FRAME_HEADER_BYTES);

/** The code with which `bytes` are refused, or null. */
function refusal(bytes: Uint8Array): string | null {
  const result = decodeEnvelope(bytes);
  return result.ok ? null : result.refusal.code;
}

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

describe("envelope", () => {
  it("has the layout of docs/adr/0011", () => {
    const frame = encodeEnvelopeFrame({ ...envelope, attachment: Uint8Array.of(99) });
    const hex = Buffer.from(frame).toString("hex");
    const signature = Buffer.from(envelope.signature).toString("hex");
    expect(hex).to.equal(`0000004f${"01"}${"00"}${"00000003"}${signature}${"00000003"}${"0a0b0c"}${"01"}${"63"}`);
    expect(body({ ...envelope, sender: clientPrincipal(clientId(258)) }).subarray(1, 6)).to.deep.equal(
      Uint8Array.of(1, 0, 0, 1, 2),
    );
    expect(body({ ...envelope, payload: new Uint8Array(0) })).to.have.length(ENVELOPE_OVERHEAD_BYTES);
  });

  it("tells no attachment from an empty one", () => {
    for (const attachment of [null, new Uint8Array(0), Uint8Array.of(1, 2)]) {
      expect(decodeEnvelope(body({ ...envelope, attachment }))).to.deep.equal({
        ok: true,
        envelope: { ...envelope, attachment },
      });
    }
  });

  it("comes back as it was", () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const sender = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 0xffffffff }));
    fc.assert(
      fc.property(
        sender,
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        bytes,
        fc.option(bytes),
        ([client, id], signature, payload, attachment) => {
          const sent = {
            sender: client ? clientPrincipal(clientId(id)) : replicaPrincipal(replicaId(id)),
            signature,
            payload,
            attachment,
          };
          expect(decodeEnvelope(body(sent))).to.deep.equal({ ok: true, envelope: sent });
        },
      ),
    );
  });

  const good = body(envelope);
  const withAttachment = body({ ...envelope, attachment: Uint8Array.of(1) });
  const cases: readonly (readonly [code: string | null, title: string, bytes: Uint8Array])[] = [
    [null, "the honest one", good],
    ["envelope-truncated", "an empty frame", new Uint8Array(0)],
    ["envelope-truncated", "one byte less than an empty envelope", new Uint8Array(ENVELOPE_OVERHEAD_BYTES - 1)],
    ["envelope-version", "another version", changed(good, 0, 2)],
    ["envelope-role", "an unknown role", changed(good, 1, 2)],
    ["envelope-payload-length", "a payload one byte over the frame", changed(good, 73, 4)],
    ["envelope-payload-length", "a payload of 4 GiB", changed(good, 70, 255)],
    ["envelope-payload-length", "a payload cut short", good.subarray(0, good.length - 1)],
    ["envelope-attachment-mark", "a mark of 2", changed(good, good.length - 1, 2)],
    [
      "envelope-trailing-bytes",
      "bytes after an envelope without attachment",
      changed(withAttachment, withAttachment.length - 2, 0),
    ],
  ];
  for (const [code, title, bytes] of cases) {
    it(`${code ?? "accepts"}: ${title}`, () => expect(refusal(bytes)).to.equal(code));
  }

  it("never throws, whatever the bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeEnvelope(bytes)));
    fc.assert(fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => void decodeEnvelope(changed(good, at, value))));
  });

  it("what it returns neither aliases nor pins the buffer that it came in, nor its attachment", () => {
    const socketBuffer = Buffer.alloc(1 << 16);
    const bytes = body({ ...envelope, attachment: new Uint8Array(5000).fill(5) });
    socketBuffer.set(bytes, 100);
    const result = decodeEnvelope(socketBuffer.subarray(100, 100 + bytes.length));
    socketBuffer.fill(0xee);
    if (!result.ok || result.envelope.attachment === null) throw new Error("expected an envelope with an attachment");
    const { payload, signature, attachment } = result.envelope;
    expect(payload).to.deep.equal(envelope.payload);
    expect(signature).to.deep.equal(envelope.signature);
    expect(attachment).to.deep.equal(new Uint8Array(5000).fill(5));
    expect(payload.buffer.byteLength, "small pieces share 4 KiB").to.be.at.most(4096);
    expect(attachment.buffer.byteLength).to.equal(5000);
  });

  it("refuses to write what has no place in it", () => {
    expect(() => encodeEnvelopeFrame({ ...envelope, signature: new Uint8Array(63) })).to.throw(TypeError, "64 bytes, got 63");
    const sender = replicaPrincipal(replicaId(2 ** 32));
    expect(() => encodeEnvelopeFrame({ ...envelope, sender })).to.throw(RangeError, "2^32-1");
  });
});
