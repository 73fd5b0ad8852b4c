import type { EventOf } from '../../core/events/event-handlers.ts';
import type { Style } from '../style/style.ts';

/** Where the emulator listens, and the variables that point clients at it. */
export function serverStartedText(event: EventOf<'server-started'>, style: Style): string {
  const { url, agentUrl, environment, speed } = event;
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`);
  const hint = speed === 1 ? '\nThe clock runs in real time. With --speed 60 a minute takes a second.\n' : '';
  const agent = agentUrl === undefined ? '' : `The AppConfig Agent's local path is at ${agentUrl}.\n`;
  return `${style.strong(`AppConfig at ${url}`)}, clock × ${speed}. ${agent}Settings for your clients:\n\n${exports.join('\n')}\n${hint}`;
}
