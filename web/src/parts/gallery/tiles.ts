import type { RefObject } from "react";
import type { PictureSize } from "@/lib/layouts";
import { useSize } from "@/lib/media";

/** Pixels between tiles, and around all of them. */
export const gap = 12;
export const pad = 16;

/** The least width of a tile, in pixels. */
const least: Record<PictureSize, number> = { small: 108, medium: 168, large: 300 };

/** Records of which one column of large tiles is higher than browsers scroll. */
const many = 20_000;

/** How many tiles stand side by side, how large their pictures are, and how far apart their rows. */
export function useTiles(scroll: RefObject<HTMLElement | null>, size: PictureSize, lines: number, count: number) {
  const inside = Math.max(200, useSize(scroll).width - 2 * pad);
  const columns = Math.max(count > many ? 2 : 1, Math.floor((inside + gap) / (least[size] + gap)));
  const width = Math.floor((inside - gap * (columns - 1)) / columns);
  const height = Math.round(width * 0.75);
  // The border, the picture with its line, the name and the lines below, what is around them, and the gap.
  return { columns, width, height, row: 2 + height + 20 * (1 + lines) + 12 + gap };
}
