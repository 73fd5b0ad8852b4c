// The page around its content: one file, which loads nothing and runs no script but its own.
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { Html } from './html-parts.ts';
import script from './page.client.js?raw';
import style from './page.css?raw';

interface Shell {
  readonly title: string;
  /** Where the page comes from: command, project, revisions. */
  readonly about: readonly string[];
  readonly content: unknown;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Nothing may be loaded, and no other script or style may run: text that is not escaped would do no harm, either. */
const policy = [
  "default-src 'none'",
  'img-src data:',
  `style-src '${hashOf(style)}'`,
  `script-src '${hashOf(script)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export function shell({ title, about, content, now }: Shell): Html {
  const time = `${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
<header class="top"><span class="brand">appcfg</span>${about.map((part) => html`<span>${part}</span>`)}<time>${time}</time></header>
<main>
${content}
</main>
<script>${raw(script)}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
