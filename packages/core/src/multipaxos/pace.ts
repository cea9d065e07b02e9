/**
 * True when something without an answer should be said once more, so many ticks after it was said: at growing distances, so that a slow
 * link is not filled with what is on its way already.
 */
export function due(ticks: number): boolean {
  const waited = ticks - 1;
  return waited > 0 && (waited % 16 === 0 || (waited & (waited - 1)) === 0);
}
