/** Version of frames, envelopes, handshake and signed bytes, 0 to 255. Peers of another version are refused. */
export const PROTOCOL_VERSION = 1;
