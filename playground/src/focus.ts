// The keyboard's focus outlives a redraw: where the control that had it is gone, that which stands
// in its place has it.

const CONTROLS = "a[href], button, input, select, summary, [tabindex]";

/** Draws; if what had the focus is gone then, focuses what stands where it stood. */
export function keepFocus(draw: () => void): void {
  const had = document.activeElement;
  const places = had instanceof HTMLElement && had !== document.body ? placesOf(had) : [];
  draw();
  if (!places.length || stands(had as HTMLElement) || !lost(had!)) return;
  successor(places)?.focus({ preventScroll: true });
}

/** Whether nothing else was given the focus meanwhile. */
function lost(had: Element): boolean {
  const has = document.activeElement;
  return has === had || has === document.body || has === null;
}

/** A box that an element is in, and which of the controls there it is. */
interface Place {
  box: Element;
  index: number;
}

/** The boxes around an element, the nearest first, up to the part of the page that it is in. */
function placesOf(element: HTMLElement): Place[] {
  const places: Place[] = [];
  for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
    places.push({ box, index: [...box.querySelectorAll(CONTROLS)].indexOf(element) });
  return places;
}

function successor(places: Place[]): HTMLElement | undefined {
  for (const { box, index } of places) {
    const all = box.isConnected ? [...box.querySelectorAll<HTMLElement>(CONTROLS)] : [];
    const found =
      all.slice(Math.max(0, index)).find(usable) ?? all.slice(0, index).reverse().find(usable);
    if (found) return found;
  }
  return [...document.querySelectorAll<HTMLElement>("#side [aria-selected=true], #top button")]
    .reverse()
    .find(usable);
}

function usable(element: HTMLElement): boolean {
  return element.tabIndex >= 0 && stands(element);
}

/** Whether an element is there to be used. */
function stands(element: HTMLElement): boolean {
  return (
    element.isConnected &&
    !element.matches(":disabled") &&
    element.getClientRects().length > 0 &&
    !element.closest("[inert]")
  );
}
