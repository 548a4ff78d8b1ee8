import { beforeEach, expect, test } from "vitest";
import { begins, heardBy, isKeyOf, keyNames, rebind, register } from "@/lib/keys";

const add = (id: string, keys: string, name = id) => register({ id, name, group: "", keys: [keys], run: () => {} });

beforeEach(() => rebind({}));

test("the latest of one id counts, in whatever order they leave", () => {
  const [first, second] = [add("save", "mod+s", "first"), add("save", "mod+s", "second")];
  first();
  const third = add("save", "mod+s", "third");
  second();
  expect(heardBy("mod+s", "")?.name).toBe("third");
  third();
  expect(heardBy("mod+s", "")).toBeUndefined();
});

test("other keys that were chosen are bound instead of an action's own", () => {
  const end = add("new", "n");
  rebind({ new: "x" });
  expect([isKeyOf("n", "new"), isKeyOf("x", "new")]).toEqual([false, true]);
  rebind({});
  expect([isKeyOf("n", "new"), isKeyOf("x", "new")]).toEqual([true, false]);
  end();
});

test("keys clash when they are the same, and when they begin others", () => {
  const end = add("go", "g d");
  expect(["g d", "g", "g d x", "d", "g e"].map((k) => heardBy(k, "")?.id)).toEqual(["go", "go", "go", undefined, undefined]);
  expect(heardBy("g d", "go")).toBeUndefined();
  expect([begins("g"), begins("d")]).toEqual([true, false]);
  end();
});

test("keys as people read them", () => {
  expect(["mod+shift+z", "g d", "space", "+", "mod++"].map(keyNames)).toEqual([["Ctrl+Shift+Z"], ["G", "D"], ["Space"], ["+"], ["Ctrl++"]]);
});
