/** The longest delay and the longest jitter of a link, milliseconds. */
export const LINK_DELAY_MS_MAX = 60_000;

/** How a link mistreats what it carries. Shares are from 0 (never) to 1 (always). */
export interface LinkImpairment {
  /** How much later everything arrives, milliseconds. */
  readonly delayMs: number;
  /** Up to so much later still, a different time for each frame, milliseconds. */
  readonly jitterMs: number;
  /** Share of the frames that are lost. */
  readonly drop: number;
  /** Share of the frames that are sent twice. */
  readonly duplicate: number;
  /** Share of the frames that are held back, so that later ones overtake them. */
  readonly reorder: number;
}

/** What is wrong with the link to one replica. */
export interface LinkFault extends LinkImpairment {
  /** Nothing gets through, whatever else is said. */
  readonly cut: boolean;
}

/** The link as it is without a fault. */
export const SOUND_LINK: LinkFault = { cut: false, delayMs: 0, jitterMs: 0, drop: 0, duplicate: 0, reorder: 0 };

/** How often a fault really happened to a frame, since the process started. */
export interface LinkFaultCounts {
  /** Lost because the link was cut. */
  readonly cut: number;
  /** Lost by chance. */
  readonly dropped: number;
  /** Arrived later than it would have. */
  readonly delayed: number;
  /** Sent a second time. */
  readonly duplicated: number;
  /** Left after one that was sent later. */
  readonly reordered: number;
  /** Lost because too much was held back already. */
  readonly overflowed: number;
}

/** @throws RangeError that names the field, its range and what came. */
export function checkLinkFault({ delayMs, jitterMs, drop, duplicate, reorder }: LinkImpairment): void {
  for (const [name, ms] of Object.entries({ delayMs, jitterMs })) {
    if (!(ms >= 0 && ms <= LINK_DELAY_MS_MAX))
      throw new RangeError(`${name} is a number from 0 to ${LINK_DELAY_MS_MAX}, not ${ms}`);
  }
  for (const [name, share] of Object.entries({ drop, duplicate, reorder })) {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`${name} is a share from 0 to 1, not ${share}`);
  }
}

export function sameFault(a: LinkFault | null, b: LinkFault | null): boolean {
  const [x, y] = [a ?? SOUND_LINK, b ?? SOUND_LINK];
  return (Object.keys(SOUND_LINK) as (keyof LinkFault)[]).every((field) => x[field] === y[field]);
}
