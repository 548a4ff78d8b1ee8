/** The width at which nothing that is in sight of a column is cut. The element stands in the column's header. */
export function widthToFit(within: Element): number {
  const head = within.closest("[role=columnheader]");
  const cells = head?.closest("[role=grid]")?.querySelectorAll(`[role=gridcell][aria-colindex="${head.getAttribute("aria-colindex")}"] > :first-child`) ?? [];
  // A cell has 8 pixels at each side, and a line; a header has an icon and its menu as well.
  const shown = [...cells].map((cell) => cell.scrollWidth + 18);
  const name = (head?.querySelector("[data-name]")?.scrollWidth ?? 0) + 78;
  return Math.max(name, ...shown);
}
