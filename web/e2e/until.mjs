// Waiting for what becomes so.
import assert from "node:assert/strict";
import { setTimeout as later } from "node:timers/promises";

/**
 * Asks again and again until the answer holds, and returns it. After half a minute it fails with what was waited for,
 * or, when that is a function, with what that says then.
 */
export async function until(what, so) {
  for (const end = Date.now() + 30_000; ; await later(20)) {
    const answer = await so();
    if (answer) return answer;
    if (Date.now() > end) assert.fail(`it never came to this: ${typeof what === "string" ? what : await what()}`);
  }
}
