import { parseAccount, parseInteger, parseQuotas, parseSpeed } from '../../core/settings-file/parse-values.ts';
import { quotaNames } from '../../local/quota-names.ts';
import { defineCommand } from '../command.ts';
import { commonFlags } from '../common-flags.ts';
import { listFlag, switchFlag, valueFlag } from '../flag.ts';

export const emulatorCommand = defineCommand({
  name: 'emulator',
  summary: 'serve a local AppConfig over HTTP',
  description: 'Serves an AppConfig for development and tests, to any AWS client, until it is interrupted.',
  flags: {
    port: valueFlag({
      name: '--port <port>',
      help: 'port to listen on; 0: any free port',
      parse: parsePort,
      default: '2773',
    }),
    host: valueFlag({ name: '--host <host>', help: 'address to listen on (default: 127.0.0.1)' }),
    allowedHosts: listFlag({
      name: '--allow-host <name>',
      help: 'with --host: a name by which clients call it, such as that of a service in GitLab CI; repeatable',
    }),
    agentPort: valueFlag({
      name: '--agent-port <port>',
      help: "port on which to serve the AppConfig Agent's local path, too; 0: any free port",
      parse: parsePort,
    }),
    account: valueFlag({
      name: '--account <id>',
      help: 'the AWS account that it emulates (default: 123456789012)',
      parse: parseAccount,
    }),
    data: valueFlag({ name: '--data <file>', help: 'keep the state in this file' }),
    seedFrom: valueFlag({ name: '--seed-from <dir>', help: 'start with the tree in this folder deployed' }),
    speed: valueFlag({
      name: '--speed <factor>',
      help: 'how many times faster than real time its clock runs',
      parse: parseSpeed,
      default: '1',
    }),
    latencyMs: valueFlag({
      name: '--latency <ms>',
      help: 'milliseconds by which each response is delayed',
      parse: (text, name) => parseInteger(text, name, { min: 0, max: 60_000, example: 50 }),
      default: '0',
    }),
    // APPCFG_RATES is about the calls of appcfg.
    rates: switchFlag({ name: '--rates', help: "throttle calls beyond AWS's published rates", env: false }),
    quotas: listFlag({
      name: '--quota <name=n>',
      help: `a quota other than AWS's (${quotaNames.join(', ')}); repeatable`,
      parse: (texts, name) => parseQuotas(texts, quotaNames, name),
    }),
    policy: valueFlag({
      name: '--policy <file>',
      help: 'an IAM policy: refuse what it does not allow',
    }),
  },
  commonFlags: [commonFlags.region, commonFlags.output, commonFlags.color, commonFlags.quiet, commonFlags.verbose],
  examples: [
    'appcfg emulator --speed 60',
    'appcfg emulator --port 0 --data appconfig.json',
    'appcfg emulator --seed-from . --agent-port 2772',
  ],
  parse: (flags, { common: { region } }) => ({ ...flags, region }),
  run: async (options, context) => {
    const { emulator } = await import('../../local/serve.ts');
    await emulator(options, context);
  },
});

/** @throws AppcfgError */
function parsePort(text: string, name: string): number {
  return parseInteger(text, name, { min: 0, max: 65535, example: 2773 });
}
