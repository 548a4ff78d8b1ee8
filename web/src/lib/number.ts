/** A whole number as people read it: 12,345. The browser's own way takes tens of milliseconds the first time. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
