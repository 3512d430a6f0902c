// What every panel is given: the state to show, and the few things that a person can do.

import type { Player } from "./player";
import type { Session } from "./session";
import type { Entry, Store, Tab } from "./store";

export interface App {
  store: Store;
  session: Session;
  player: Player;
  /** Goes to a position, and stops there. */
  go(position: number): void;
  /** Shows a tab of the panel beside the diagram. */
  show(tab: Tab): void;
  openEntry(entry: Entry): void;
  /** Opens a text that the core made, as a page to come back from. */
  openText(text: string): void;
  copyLink(): void;
  saveSVG(): void;
  toggleTheme(): void;
  startEditing(): void;
  /** Shows the library where it lies over the page, and hides it where it stands beside it. */
  openDrawer(open: boolean): void;
}
