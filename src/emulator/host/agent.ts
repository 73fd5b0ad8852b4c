// The local HTTP path of the AppConfig Agent, where applications read configurations without sessions and tokens.
import type { Configuration, ConfigurationAddress } from '../operations/read-configuration.ts';
import { isObject } from '../wire/is-object.ts';
import { errorResponse, type WireRequest, type WireResponse } from '../wire/message.ts';
import { parseJson } from '../wire/parse-json.ts';
import { badRequest, ServiceError } from '../wire/service-error.ts';

/** Handles a request of an application to its Agent. @param read reads the live configuration; it may throw a ServiceError */
export function handleAgentRequest(
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
    const body = flags.length === 0 ? configuration.content : selectFlags(configuration.content, flags);
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

/** The object of one flag, or several flags by name. @throws ServiceError */
function selectFlags(content: Buffer, names: readonly string[]): Buffer {
  const flags = parseFlags(content);
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

function parseFlags(content: Buffer): Record<string, unknown> {
  try {
    const value = parseJson(content);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Reported below, like other content that is not a JSON object.
  }
  throw badRequest('The configuration does not consist of feature flags');
}
