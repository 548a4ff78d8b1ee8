import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync("src/style.css", "utf8");

function tokens(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(selector)).split("}")[0]!;
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]]));
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [hi, lo] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
}

for (const [theme, selector] of [["light", ":root {"], ["dark", ':root[data-theme="dark"]']] as const) {
  const t = tokens(selector);
  for (const ink of ["text", "muted", "faint", "accent", "danger", "warning", "success", "info", "public"])
    for (const ground of ["bg", "panel", "hover", "selected"])
      test(`${theme}: ${ink} on ${ground} is read`, () => expect(contrast(t[ink]!, t[ground]!)).toBeGreaterThanOrEqual(4.5));
  for (const ground of ["bg", "panel", "hover"])
    test(`${theme}: a border is seen on ${ground}`, () => expect(contrast(t["border"]!, t[ground]!)).toBeGreaterThanOrEqual(3));
  test(`${theme}: words on buttons are read`, () => {
    expect(contrast(t["on-accent"]!, t["accent"]!)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(t["on-danger"]!, t["danger"]!)).toBeGreaterThanOrEqual(4.5);
  });
  test(`${theme}: production is read, and its bar is seen`, () => {
    expect(contrast(t["on-production"]!, t["production"]!)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(t["production"]!, t["panel"]!)).toBeGreaterThanOrEqual(4.5);
  });
}
