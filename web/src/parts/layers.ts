/** Where menus, dialogs and tips are put: a landmark of its own, so that nothing stands outside of one. */
export const layers = (): HTMLElement | undefined => document.getElementById("layers") ?? undefined;
