// The local HTTP path of the AppConfig Agent, from which applications read without sessions and tokens.

import type { Configuration, ConfigurationAddress } from '../operations/read-configuration.ts';
import { isObject } from '../wire/check-members.ts';
import { errorResponse, type WireRequest, type WireResponse } from '../wire/message.ts';
import { parseJson } from '../wire/parse-json.ts';
import { badRequest, ServiceError } from '../wire/service-error.ts';

/** Answers what an application asks its Agent. @param read may throw a ServiceError */
export function answerAgent(
  request: WireRequest,
  read: (address: ConfigurationAddress) => Configuration,
): WireResponse {
  try {
    const address = addressOf(request.path);
    if (request.method !== 'GET' || address === undefined) {
      throw new ServiceError(
        404,
        'UnknownOperationException',
        `The Agent does not have ${request.method} ${request.path}.`,
      );
    }
    const configuration = read(address);
    const flags = request.query.getAll('flag');
    const body = flags.length === 0 ? configuration.content : selected(configuration.content, flags);
    const headers: Record<string, string> = {
      'configuration-version': configuration.version,
      'content-type': configuration.contentType,
    };
    if (configuration.label !== undefined) headers['version-label'] = configuration.label;
    return { status: 200, headers, body };
  } catch (error) {
    if (error instanceof ServiceError) return errorResponse(error);
    throw error;
  }
}

function addressOf(path: string): ConfigurationAddress | undefined {
  const parts = /^\/applications\/([^/]+)\/environments\/([^/]+)\/configurations\/([^/]+)\/?$/.exec(path)?.slice(1);
  try {
    const [application, environment, profile] = parts?.map(decodeURIComponent) ?? [];
    if (application === undefined || environment === undefined || profile === undefined) return undefined;
    return { application, environment, profile };
  } catch {
    throw badRequest(`The path ${path} is not percent-encoded`);
  }
}

/** One flag by itself, several by their names. @throws ServiceError */
function selected(content: Buffer, names: readonly string[]): Buffer {
  const flags = parsed(content);
  const found = names.map((name) => {
    if (!Object.hasOwn(flags, name)) {
      throw new ServiceError(404, 'ResourceNotFoundException', `There is no flag ${name}`, {
        ResourceType: 'Configuration',
      });
    }
    return [name, flags[name]] as const;
  });
  const [only] = found;
  return Buffer.from(JSON.stringify(found.length === 1 && only !== undefined ? only[1] : Object.fromEntries(found)));
}

function parsed(content: Buffer): Record<string, unknown> {
  try {
    const value = parseJson(content);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Told below, like any other content without flags.
  }
  throw badRequest('The configuration is not made of feature flags');
}
