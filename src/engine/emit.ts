// The only way out of the engine for events.
import type { Emit, Event } from '../core/events/event.ts';
import { EventScrubber } from '../core/events/scrub-event.ts';
import type { Scrubber } from '../core/events/scrubber.ts';

/** Passes events on, without secrets. */
export function createEmit(scrubber: Scrubber, receive: (event: Event) => void): Emit {
  const events = new EventScrubber(scrubber);
  return (event) => receive(events.scrub(event));
}
