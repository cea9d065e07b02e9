/** Elements of a list or set, characters of a text; 0 for anything else. */
export function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  const { length, size } = value as { readonly length?: unknown; readonly size?: unknown };
  const elements = typeof length === "number" ? length : size;
  return typeof elements === "number" && elements > 0 ? elements : 0;
}
