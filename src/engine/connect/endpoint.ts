import { parseUrl } from '../../core/settings-file/parse-values.ts';
import type { Context } from '../context.ts';
import type { CommonOptions } from '../options.ts';

/** The endpoint of AppConfig, where it is not AWS's own. @throws AppcfgError */
export function endpointOf({ endpointUrl }: CommonOptions, { environment }: Context): string | undefined {
  if (endpointUrl !== undefined) return endpointUrl;
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined;
  const name = environment.AWS_ENDPOINT_URL_APPCONFIG ? 'AWS_ENDPOINT_URL_APPCONFIG' : 'AWS_ENDPOINT_URL';
  const url = environment[name];
  return url === undefined || url === '' ? undefined : parseUrl(url, name);
}

export function isLoopback(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host) || host.endsWith('.localhost');
}
