/** Bounds of one host. Every one of them is there so that a peer can cost us only so much. */
export interface NetLimits {
  /** Largest frame body from a replica, and to anybody, bytes. */
  readonly frameBytesMax: number;
  /** Largest frame body from a client, bytes. */
  readonly clientFrameBytesMax: number;
  /** Frames waiting for one replica while its link is up, bytes; over it the oldest go. */
  readonly queueBytesMax: number;
  /** The same while its link is down. */
  readonly queueBytesWhileDownMax: number;
  /** Frames waiting for one client, bytes; over it the client loses its connection. */
  readonly clientQueueBytesMax: number;
  /** Frames of one connection that are handled before the others get their turn. */
  readonly framesPerTurn: number;
  /** Accepted connections that have not proven who they are. */
  readonly pendingConnectionsMax: number;
  /** How long a handshake may take, either side, milliseconds. */
  readonly handshakeTimeoutMs: number;
  /** Messages a second that one client may send over a long time; faster ones wait in its socket. */
  readonly clientMessagesPerSecond: number;
  /** Messages that a client may send at once after a pause. */
  readonly clientMessagesBurst: number;
  /** Malformed or falsely signed messages on one connection before it is closed. */
  readonly badMessagesMax: number;
  /** Effects that wait for the log before no more is read from any peer. */
  readonly waitingEffectsMax: number;
  /** First wait before a lost link is dialled again, milliseconds; it doubles per failure, up to the maximum. */
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
}

export const DEFAULT_LIMITS: NetLimits = {
  frameBytesMax: 8 << 20,
  clientFrameBytesMax: 1 << 20,
  queueBytesMax: 32 << 20,
  queueBytesWhileDownMax: 1 << 20,
  clientQueueBytesMax: 8 << 20,
  framesPerTurn: 32,
  pendingConnectionsMax: 64,
  handshakeTimeoutMs: 2_000,
  clientMessagesPerSecond: 10_000,
  clientMessagesBurst: 2_000,
  badMessagesMax: 16,
  waitingEffectsMax: 8_192,
  reconnectMinMs: 50,
  reconnectMaxMs: 1_000,
};

/**
 * The defaults with some of them replaced.
 * @throws RangeError when one is not an integer >= 1, or a queue does not hold two frames of the largest size.
 */
export function netLimits(overrides: Partial<NetLimits> = {}): NetLimits {
  const limits = { ...DEFAULT_LIMITS, ...overrides };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name} must be an integer >= 1, got ${value}`);
  }
  if (limits.queueBytesMax < 2 * limits.frameBytesMax)
    throw new RangeError(
      `queueBytesMax (${limits.queueBytesMax}) must hold two frames of frameBytesMax (${limits.frameBytesMax})`,
    );
  if (limits.reconnectMaxMs < limits.reconnectMinMs) throw new RangeError(`reconnectMaxMs must be at least reconnectMinMs`);
  return limits;
}
