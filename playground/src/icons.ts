// The page's icons: strokes of one weight in a box of 16.

import { svg, html, type TemplateResult } from "lit-html";

const shapes = {
  play: svg`<path d="M5 3.2v9.6l7.6-4.8z" fill="currentColor"/>`,
  pause: svg`<path d="M5 3.5v9M11 3.5v9" stroke-width="2.4"/>`,
  next: svg`<path d="M4.5 3.8v8.4L10.6 8z" fill="currentColor"/><path d="M12.2 3.8v8.4"/>`,
  back: svg`<path d="M11.5 3.8v8.4L5.4 8z" fill="currentColor"/><path d="M3.8 3.8v8.4"/>`,
  first: svg`<path d="M3.5 3.5v9M12.5 4L7.5 8l5 4"/>`,
  last: svg`<path d="M12.5 3.5v9M3.5 4l5 4-5 4"/>`,
  reverse: svg`<path d="M11 3.2v9.6L3.4 8z"/>`,
  menu: svg`<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h7"/>`,
  link: svg`<path d="M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.3-2.3A2.6 2.6 0 0 0 9 3.3l-.8.8"/>
    <path d="M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.8-.8"/>`,
  theme: svg`<circle cx="8" cy="8" r="5.2"/>
    <path d="M8 2.8a5.2 5.2 0 0 1 0 10.4z" fill="currentColor"/>`,
  help: svg`<circle cx="8" cy="8" r="6"/>
    <path d="M6.3 6.3a1.8 1.8 0 1 1 2.6 1.8c-.6.3-.9.6-.9 1.3M8 11.4v.1"/>`,
  close: svg`<path d="M4 4l8 8M12 4l-8 8"/>`,
  picture: svg`<rect x="2.5" y="3" width="11" height="10" rx="1.5"/>
    <path d="M2.8 11l3.2-3.4 2.6 2.6 1.8-1.8 2.8 2.6"/>`,
  holds: svg`<path d="M3.5 8.4l3 3 6-6.6" stroke-width="2"/>`,
  broken: svg`<path d="M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6" stroke-width="2"/>`,
  unknown: svg`<path d="M4 8h8"/>`,
  later: svg`<circle cx="8" cy="8" r="4.8" stroke-dasharray="2 2.2"/>`,
} as const;

export type Icon = keyof typeof shapes;

export function icon(name: Icon): TemplateResult {
  return html`<svg
    class="icon"
    viewBox="0 0 16 16"
    aria-hidden="true"
    focusable="false"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    ${shapes[name]}
  </svg>`;
}
