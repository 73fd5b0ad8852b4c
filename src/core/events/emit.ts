// The only way out of the engine for events.
import type { Emit, Event } from './event.ts';
import { EventScrubber } from './scrub-event.ts';
import type { Scrubber } from './scrubber.ts';

/** Passes events on, without secrets. */
export function createEmit(scrubber: Scrubber, receive: (event: Event) => void): Emit {
  const events = new EventScrubber(scrubber);
  return (event) => receive(events.scrub(event));
}
