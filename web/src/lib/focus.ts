/** Whether the keyboard was used last, and not a pointer. */
let byKeyboard = false;

/** What had the focus last, and all that it stood in. */
let path: Node[] = [];

/** What had the focus before, the latest first, as long as it is there: who leaves a layer goes back along it. */
let trail: HTMLElement[] = [];

/** Where something with the focus was taken away: in what, and between what. */
interface Gap {
  within: Element;
  before?: Node | null;
  after?: Node | null;
}

const reaching = "a[href], button, input, select, textarea, [tabindex], [contenteditable=true]";

/** Whether nothing has the focus that can be seen and used. A dialog has it itself when what had it in there has gone. */
function lost(): boolean {
  const now = document.activeElement;
  return !now || now === document.body || (now as HTMLButtonElement).disabled || !now.checkVisibility() || now.matches("[role=dialog], [role=alertdialog]");
}

function reachable(within: Element): HTMLElement[] {
  return [...within.querySelectorAll<HTMLElement>(reaching)].filter((el) => el.tabIndex >= 0 && !(el as HTMLButtonElement).disabled && el.checkVisibility());
}

const isAfter = (a: Node, b: Node) => !!(a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING);

/** What is nearest to a gap: what came in its place, else what follows, else what stands before. */
export function nearest({ within, before, after }: Gap): HTMLElement | undefined {
  const all = reachable(within);
  const from = before?.isConnected ? before : undefined;
  const to = after?.isConnected ? after : undefined;
  return (
    all.find((el) => (!from || (isAfter(from, el) && !from.contains(el))) && (!to || isAfter(el, to))) ??
    (to && all.find((el) => el === to || isAfter(to, el))) ??
    all.at(-1)
  );
}

const layers = () => document.getElementById("layers");

/** Gives the focus to what is nearest to a gap, the whole page at last. */
function settle(gap: Gap): void {
  const main = document.getElementById("main");
  let box = gap.within.isConnected ? gap.within : (path.find((n) => n.isConnected) as Element | undefined);
  let { before, after } = box === gap.within ? gap : {};
  while (box && box !== main && box !== document.body && box !== layers()) {
    const next = nearest({ within: box, before, after });
    if (next) return next.focus();
    before = box.previousSibling;
    after = box.nextSibling;
    box = box.parentElement ?? undefined;
  }
  main?.focus({ preventScroll: true });
}

/** Gives the focus back to what had it before a layer took it. */
function goBack(): void {
  const to = trail.find((el) => el.isConnected && el.checkVisibility() && !(el as HTMLButtonElement).disabled);
  (to ?? document.getElementById("main"))?.focus({ preventScroll: true });
}

let gap: Gap | undefined;

function look(changes: MutationRecord[]): void {
  for (const c of changes) {
    if (c.type === "attributes") {
      if (path[0] === c.target) gap = { within: c.target.parentElement!, before: c.target.previousSibling, after: c.target.nextSibling };
    } else for (const gone of c.removedNodes) if (path.includes(gone)) gap = { within: c.target as Element, before: c.previousSibling, after: c.nextSibling };
  }
  // Whoever takes something away may be about to give the focus to something of its own.
  if (gap) setTimeout(mend, 0);
}

function mend(): void {
  const where = gap;
  gap = undefined;
  if (!where || !lost()) return;
  if (where.within === layers()) goBack();
  else if (byKeyboard) settle(where);
}

/** Calls back, once what is closing has closed, when the keyboard closed it and the focus went with it. */
export function whenLost(then: () => void): void {
  setTimeout(() => byKeyboard && lost() && then(), 0);
}

/**
 * Keeps the focus where people are: when a layer closes, what had it before gets it back; when what has it goes away or
 * can no longer be used, what is nearest to it does. Pointers are left alone in that: who clicked something away has the
 * place in view.
 */
export function keepFocus(): void {
  addEventListener("keydown", () => (byKeyboard = true), true);
  addEventListener("pointerdown", () => (byKeyboard = false), true);
  addEventListener("focusin", (e) => {
    const el = e.target as HTMLElement;
    trail = [el, ...trail.filter((x) => x !== el && x.isConnected)].slice(0, 20);
    path = [];
    for (let n: Node | null = el; n && n !== document.body; n = n.parentNode) path.push(n);
  });
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
}
