import { expect, test } from "vitest";
import { placed, type Column } from "@/parts/grid/columns";

const all: Column[] = ["id", "title", "views", "tags", "at"].map((name, i) => ({ field: { id: name, name, type: "text" }, width: 100, pinned: i < 2 }));

test.each([
  ["views", "at", ["id", "title", "tags", "at", "views"], ["id", "title"]],
  ["at", "views", ["id", "title", "at", "views", "tags"], ["id", "title"]],
  ["title", "views", ["id", "views", "title", "tags", "at"], ["id"]],
  ["tags", "id", ["tags", "id", "title", "views", "at"], ["tags", "id", "title"]],
])("%s takes the place of %s, and is pinned when that is", (name, target, order, pinned) => {
  expect(placed(all, name, target)).toEqual({ order, pinned });
});
