/** A whole number as people read it: 12,345. The browser's own way takes tens of milliseconds the first time. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

/** A number of things: "1 record", "12,345 records". */
export const counted = (n: number, what: string): string => `${grouped(n)} ${what}${n === 1 ? "" : "s"}`;
