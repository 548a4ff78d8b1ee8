// Times as a person meets them: measured in the page, from the key to the frame that shows what it brought. A machine
// that is busy with something else delays that, too: the quickest of a few tries counts.

/**
 * The ms from the next press of a key until an element that the selector finds shows, or holds, a text that begins so.
 * Infinity when that took longer than 15 s.
 */
export async function timed(p, key, selector, text = "") {
  await p.page.evaluate(
    ([selector, text]) => {
      window.took = new Promise((done) => {
        const from = ({ key, timeStamp }) => {
          if (["Control", "Shift", "Alt", "Meta"].includes(key)) return;
          removeEventListener("keydown", from, true);
          const look = () => {
            const ms = performance.now() - timeStamp;
            if ([...document.querySelectorAll(selector)].some((el) => (el.value ?? el.textContent).startsWith(text))) done(ms);
            else if (ms > 15_000) done(Infinity);
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        };
        addEventListener("keydown", from, true);
      });
    },
    [selector, text],
  );
  await p.page.keyboard.press(key);
  return p.page.evaluate(() => window.took);
}

/** The quickest of some tries; it ends with the first that holds the limit. Each is told which one it is. */
export async function quickest(limit, tries, work) {
  let best = Infinity;
  for (let i = 0; i < tries && best > limit; i++) best = Math.min(best, await work(i));
  return best;
}

/** The 95th of 100 frame times, and the longest, in ms, while something is done. */
export async function frames(p, work) {
  await p.page.evaluate(() => {
    window.times = [];
    let last = performance.now();
    const tick = (now) => {
      window.times.push(now - last);
      last = now;
      window.counting = requestAnimationFrame(tick);
    };
    window.counting = requestAnimationFrame(tick);
  });
  await work();
  return p.page.evaluate(() => {
    cancelAnimationFrame(window.counting);
    const all = window.times.toSorted((a, b) => a - b);
    return { p95: all[Math.floor(all.length * 0.95)], longest: all.at(-1) };
  });
}

/** The frame times of a page in which nothing is done. */
export const idleFrames = (p) => frames(p, () => p.page.waitForFunction(() => window.times.length > 60));
