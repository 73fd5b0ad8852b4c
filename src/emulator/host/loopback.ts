// Addresses that only this machine can reach, and the requests that a server accepts.
import { isIP } from 'node:net';

/** Whether a host name or address is that of the loopback interface. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The headers by which requests of web pages are recognized. */
export interface BrowserHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

/** Why a request is refused; undefined: it is not. */
export function refusalOf(
  headers: BrowserHeaders,
  /** Where the server listens, by which other names it is called, and whether the request is for the emulator itself and not for AppConfig. */
  to: { readonly host: string; readonly allowedHosts: readonly string[]; readonly isControl: boolean },
): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  const name = hostOf(`http://${host}`);
  // A web page can reach this server by a domain name of its own that resolves to this machine, but not by an address.
  const isAllowed = [to.host, ...to.allowedHosts].some((allowed) => allowed.toLowerCase() === name);
  const isOwnName = isLoopback(name) || (!isLoopback(to.host) && (isIP(name) !== 0 || isAllowed));
  if (!isOwnName) return 'The Host header does not name this machine.';
  if (origin !== undefined && !isLoopback(hostOf(origin))) return 'Requests from other origins are refused.';
  if (site === 'cross-site') return 'Requests from other sites are refused.';
  if (!to.isControl) return undefined;
  const isOwnOrigin = origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`;
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  return isOwnOrigin && isOwnSite ? undefined : 'Requests from other ports are refused.';
}

/** The host of a URL, without brackets; empty for what is not a URL. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
}
