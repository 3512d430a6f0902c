// Light and dark. The colours stand in the style sheet only; the canvas reads them from there.

import type { Inks } from "./scene";
import type { Theme } from "./store";

const KEY = "synod-theme";

export function savedTheme(): Theme {
  try {
    const saved = localStorage.getItem(KEY);
    return saved === "light" || saved === "dark" ? saved : "auto";
  } catch {
    return "auto";
  }
}

/** Shows a theme, and remembers it where that is allowed. */
export function applyTheme(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A page without storage shows the theme all the same.
  }
}

/** The theme that a press of the button leads to: the other one than is shown. */
export function otherTheme(theme: Theme): Theme {
  const dark =
    theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  return dark ? "light" : "dark";
}

export function inks(): Inks {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: colour("card"),
    ink: colour("ink"),
    muted: colour("muted"),
    line: colour("line"),
    accent: colour("accent"),
    bad: colour("bad"),
    good: colour("good"),
    hues: [0, 1, 2, 3, 4, 5, 6, 7].map((i) => colour(`hue${i}`)),
  };
}
