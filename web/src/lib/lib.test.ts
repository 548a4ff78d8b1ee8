import { describe, expect, test } from "vitest";
import { readPoint } from "@/fields/point";
import { readNumber } from "@/fields/number";
import { csvCell } from "@/lib/export";
import { parseTime, relative, shownTime } from "@/lib/time";
import { nextSort } from "@/parts/grid/header";

const now = new Date("2026-03-01T12:00:00Z");

describe("times as people type them", () => {
  for (const [typed, want] of [
    ["", ""],
    ["now", "2026-03-01 12:00:00.000Z"],
    ["+2d", "2026-03-03 12:00:00.000Z"],
    ["-3h", "2026-03-01 09:00:00.000Z"],
    ["today 9:00", "2026-03-01 09:00:00.000Z"],
    ["tomorrow", "2026-03-02 00:00:00.000Z"],
    ["2026-04-05", "2026-04-05 00:00:00.000Z"],
    ["2026-04-05 14:05", "2026-04-05 14:05:00.000Z"],
    ["2026-04-05T14:05:06.7+02:00", "2026-04-05 12:05:06.700Z"],
    ["2026-04-05 14:05 UTC", "2026-04-05 14:05:00.000Z"],
    ["yesterday 23:59", "2026-02-28 23:59:00.000Z"],
    ["+1w", "2026-03-08 12:00:00.000Z"],
    ["2026-13-05", undefined],
    ["2026-02-30", undefined],
    ["today 24:00", undefined],
    ["2026-04-05 9:60", undefined],
    ["soon", undefined],
  ] as const)
    test(`"${typed}"`, () => expect(parseTime(typed, "utc", now)).toBe(want));
  test("days of 23 and of 25 hours are days", () => {
    const clock = (typed: string, from: Date) => shownTime(new Date(parseTime(typed, "local", from)!), "local");
    for (const month of [2, 9])
      for (let day = 1; day <= 31; day++) {
        const from = new Date(2026, month, day, 0, 30);
        expect(clock("tomorrow 9:00", from)).toBe(shownTime(new Date(2026, month, day + 1, 9), "local"));
        expect(clock("+2d", from)).toBe(shownTime(new Date(2026, month, day + 2, 0, 30), "local"));
      }
  });
  test("how long ago", () => expect(relative(new Date("2026-03-01T09:00:00Z"), now.getTime())).toBe("3 hours ago"));
});

test("numbers, and sums that begin with =", () => {
  for (const [typed, want] of [["", 0], ["12.5", 12.5], ["-1e3", -1000], ["=3*12", 36], ["=(1+2)*-3/2", -4.5], ["=2*", undefined], ["=alert(1)", undefined], ["x", undefined]] as const)
    expect(readNumber(typed), typed).toBe(want);
});

describe("points in decimals, in degrees, and out of the addresses of maps", () => {
  const budapest = { lat: 47.5, lon: 19.04 };
  for (const [typed, want] of [
    ["", { lat: 0, lon: 0 }],
    ["47.5, 19.04", budapest],
    ["(47.5;19.04)", budapest],
    ["47.5 19.04", budapest],
    ["-33.87,151", { lat: -33.87, lon: 151 }],
    ["47°30'N 19°2'24\"E", budapest],
    ["N 47° 30′ 0″, E 19° 2′ 24″", budapest],
    ["47° 30.0’ N, 19° 2.4’ E", budapest],
    ["19.04° E, 47.5° N", budapest],
    ["33°52′10″S 151°12′30″W", { lat: -33.8694444, lon: -151.2083333 }],
    ["https://maps.example/@47.5,19.04,12z", budapest],
    ["https://www.google.com/maps/place/At+1,2/@47.4,19.1,12z/data=!4m5!3m4!1s0x0:0x0!8m2!3d47.5!4d19.04", budapest],
    ["https://www.google.com/maps/search/?api=1&query=47.5%2C19.04", budapest],
    ["https://www.openstreetmap.org/?mlat=47.5&mlon=19.04#map=12/47.4/19.1", budapest],
    ["https://www.openstreetmap.org/#map=12/47.5/19.04", budapest],
    ["https://maps.apple.com/?ll=47.5,19.04&z=12", budapest],
    ["https://www.bing.com/maps?cp=47.5~19.04&lvl=12", budapest],
    ["geo:47.5,19.04?z=12", budapest],
    ["95, 10", undefined],
    ["10, 181", undefined],
    ["47,5 19,04", undefined],
    ["47°N", undefined],
    ["47° 19°", undefined],
    ["47°N 48°N", undefined],
    ["https://example.com/1,2", undefined],
    ["here", undefined],
  ] as const)
    test(`"${typed}"`, () => expect(readPoint(typed)).toEqual(want));
});

test("SEC-2 formulas leave as text", () => {
  expect(csvCell("=1+1")).toBe("'=1+1");
  expect(csvCell("@cmd")).toBe("'@cmd");
  expect(csvCell("-12.5")).toBe("-12.5");
  expect(csvCell('a "b", c')).toBe('"a ""b"", c"');
});

test("a column is sorted up, down, and not", () => {
  expect(["", "a", "-a"].map((s) => nextSort(s, "a", false))).toEqual(["a", "-a", ""]);
  expect(nextSort("b", "a", true)).toBe("b,a");
  expect(nextSort("b,-a", "a", true)).toBe("b");
});
