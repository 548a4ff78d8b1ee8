// The official client in Node: an EventSource for it, and a way to wait for events.
import assert from "node:assert/strict";
import { EventSource } from "eventsource";

globalThis.EventSource = EventSource; // Node has none that is stable

const patience = 10_000; // ms; an event that takes longer is taken for lost

// listen subscribes to a topic and keeps what arrives until it is taken.
export async function listen(pb, topic, options) {
  const inbox = box();
  const unsubscribe = await pb.realtime.subscribe(topic, inbox.put, options);
  return { ...inbox, unsubscribe };
}

// box keeps what is put into it, in order; take(n) waits for the next n.
export function box() {
  const kept = [];
  let wake = () => {};
  const put = (event) => {
    kept.push(event);
    wake();
  };
  const take = async (n = 1) => {
    const deadline = Date.now() + patience;
    while (kept.length < n) {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`waited for ${n} events, have ${JSON.stringify(kept)}`)), Math.max(1, deadline - Date.now()));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return kept.splice(0, n);
  };
  return { put, take, kept };
}

// quiet asserts that nothing is left once another event, caused later, has arrived everywhere.
export function quiet(...inboxes) {
  for (const inbox of inboxes) assert.deepEqual(inbox.kept, []);
}

// titles are what most scenarios compare: "action title" of each event.
export const titles = (events) => events.map((e) => `${e.action} ${e.record.title}`);
