import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { secretsIn } from '../../../src/core/secrets/find-secrets.ts';
import { secretRules } from '../../../src/core/secrets/secret-rules.ts';

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const letters = lower + lower.toUpperCase();
const alphanumeric = letters + digits;
const base64 = `${alphanumeric}+/`;
const name = `${alphanumeric}_-`;
const hex = `${digits}abcdef`;

/** Characters of a set, different each time; keys are written in parts, so that no scanner finds them in this file. */
function some(set: string, length: number): string {
  return Array.from(randomBytes(length), (byte) => set[byte % set.length]).join('');
}

/** Like a key of AWS: with a digit, a small and a capital letter. */
const mixed = (length: number) => `aB3${some(base64, length - 3)}`;

/** 32 characters, with digits between the letters: chance alone would have a word now and then. */
const keyed = () =>
  Array.from({ length: 8 }, () => `${some(letters, 1)}${some(digits, 1)}${some(letters, 2)}`).join('');

const uuid = () => [8, 4, 4, 4, 12].map((length) => some(hex, length)).join('-');

type Planted = readonly [what: string, make: () => string, key?: string];

const planted: readonly Planted[] = [
  ['AWS access key id', () => `AKI${'A'}${some('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`],
  ['AWS temporary key id', () => `ASI${'A'}${some('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`],
  ['AWS secret access key', () => mixed(40), 'aws_secret_access_key'],
  ['AWS secret access key in a map of keys', () => mixed(40), 'secretAccessKey'],
  ['AWS credentials file', () => `[default]\naws_secret_access_key = ${mixed(40)}\n`],
  ['RSA key', () => `-----BEGIN RSA PRIVATE ${'KEY'}-----\n${some(base64, 64)}\n-----END RSA PRIVATE KEY-----\n`],
  ['EC key', () => `-----BEGIN EC PRIVATE ${'KEY'}-----\n${some(base64, 64)}\n-----END EC PRIVATE KEY-----\n`],
  ['OpenSSH key', () => `-----BEGIN OPENSSH PRIVATE ${'KEY'}-----\n${some(base64, 64)}\n`],
  ['PKCS8 key', () => `-----BEGIN PRIVATE ${'KEY'}-----\n${some(base64, 64)}\n`],
  ['encrypted PKCS8 key', () => `-----BEGIN ENCRYPTED PRIVATE ${'KEY'}-----\n${some(base64, 64)}\n`],
  ['PGP key', () => `-----BEGIN PGP PRIVATE ${'KEY'} BLOCK-----\n\n${some(base64, 64)}\n`],
  ['key on one line', () => `-----BEGIN PRIVATE ${'KEY'}-----\\n${some(base64, 64)}\\n-----END PRIVATE KEY-----`],
  [
    'GCP service account',
    () =>
      JSON.stringify({ type: 'service_account', private_key: `-----BEGIN PRIVATE ${'KEY'}-----\n${some(base64, 64)}` }),
  ],
  ['GitLab personal token', () => `glpa${'t-'}${some(name, 20)}`],
  ['GitLab routable token', () => `glpa${'t-'}${some(name, 40)}.01.${some(lower + digits, 9)}`],
  ['GitLab deploy token', () => `gld${'t-'}${some(name, 20)}`],
  ['GitLab runner token', () => `glr${'t-'}${some(name, 20)}`],
  ['GitLab job token', () => `glcb${'t-'}64_${some(name, 20)}`],
  ['GitLab trigger token', () => `glpt${'t-'}${some(hex, 40)}`],
  ...['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map(
    (prefix): Planted => [`GitHub ${prefix}`, () => `${prefix}_${some(alphanumeric, 36)}`],
  ),
  ['GitHub fine-grained token', () => `github_${'pat'}_${some(alphanumeric, 22)}_${some(alphanumeric, 59)}`],
  ['Slack bot token', () => `xox${'b-'}${some(digits, 12)}-${some(digits, 12)}-${some(alphanumeric, 24)}`],
  ['Slack user token', () => `xox${'p-'}${some(digits, 12)}-${some(digits, 12)}-${some(hex, 32)}`],
  ['Slack app token', () => `xapp${'-1-'}A${some(digits, 10)}-${some(digits, 13)}-${some(hex, 64)}`],
  [
    'Slack webhook',
    () => `https://hooks.slack.com/services/T${some(digits, 8)}/B${some(digits, 8)}/${some(alphanumeric, 24)}`,
  ],
  ['Stripe secret key', () => `sk_${'live'}_${some(alphanumeric, 24)}`],
  ['Stripe restricted key', () => `rk_${'live'}_${some(alphanumeric, 24)}`],
  ['Google API key', () => `AIz${'a'}${some(name, 35)}`],
  ['Google OAuth secret', () => `GOCSP${'X-'}${some(name, 28)}`],
  [
    'Azure storage connection string',
    () =>
      `DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=${some(base64, 86)}==;EndpointSuffix=core.windows.net`,
  ],
  ['Azure storage key', () => `${some(base64, 86)}==`, 'storageAccountKey'],
  [
    'Azure service bus',
    () => `Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${some(base64, 43)}=`,
  ],
  [
    'Azure SAS',
    () =>
      `https://acme.blob.core.windows.net/c/b?sv=2022-11-02&se=2030-01-01&sr=b&sp=r&sig=${some(alphanumeric, 40)}%2B%2F%3D`,
  ],
  ['Entra client secret', () => `${some(alphanumeric, 3)}8Q~${some(name, 34)}`],
  ['npm token', () => `npm${'_'}${some(alphanumeric, 36)}`],
  ['PyPI token', () => `pypi${'-'}AgEIcHlwaS5vcmc${some(name, 60)}`],
  ['SendGrid key', () => `SG${'.'}${some(name, 22)}.${some(name, 43)}`],
  ['Twilio key', () => `S${'K'}${some(hex, 32)}`],
  ['Twilio token', () => some(hex, 32), 'twilio_auth_token'],
  ['Mailgun key', () => `key${'-'}${some(hex, 32)}`],
  ['Datadog key', () => some(hex, 32), 'DD_API_KEY'],
  ['Telegram token', () => `${some('123456789', 10)}:A${'A'}${some(name, 33)}`],
  ['OpenAI key', () => `sk-pro${'j-'}${some(name, 48)}`],
  ['former OpenAI key', () => `sk${'-'}${some(alphanumeric, 20)}T3BlbkFJ${some(alphanumeric, 20)}`],
  ['Anthropic key', () => `sk-an${'t-'}api03-${some(name, 93)}AA`],
  ['Vault token', () => `hv${'s.'}${some(name, 90)}`],
  ['JSON Web Token', () => `ey${'J'}hbGciOiJIUzI1NiJ9.ey${'J'}${some(name, 40)}.${some(name, 43)}`],
  ['DigitalOcean token', () => `dop_${'v1'}_${some(hex, 64)}`],
  ['Hugging Face token', () => `hf${'_'}${some(letters, 34)}`],
  ['Shopify token', () => `shp${'at'}_${some(hex, 32)}`],
  ['password in a URL', () => `postgres://app:${some(alphanumeric, 12)}@db.example.com:5432/app`],
  ['password without a user', () => `redis://:${some(alphanumeric, 12)}@cache.example.com:6379`],
  ['encoded password in a URL', () => `mongodb+srv://app:p%40${some(alphanumeric, 8)}@db.example.com/app`],
  ['job token in a URL', () => `https://gitlab-ci-token:${some(alphanumeric, 20)}@gitlab.example.com/a/b.git`],
  ['JDBC password', () => `jdbc:postgresql://db:5432/app?user=app&password=${some(alphanumeric, 12)}`],
  ['Oracle password', () => `jdbc:oracle:thin:app/${some(alphanumeric, 12)}@//db:1521/app`],
  ['ADO connection string', () => `Server=db;Database=app;User Id=app;Password=${some(alphanumeric, 12)};`],
  ['libpq connection string', () => `host=db user=app password=${some(alphanumeric, 12)} dbname=app`],
  ['Bedrock key', () => `ABS${'K'}${some(base64, 120)}`],
  ['age key', () => `AGE-SECRET-${'KEY'}-1${some('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`],
  ['PuTTY key', () => `PuTTY-User-Key-${'File'}-3: ssh-ed25519\nEncryption: none`],
  ['Atlassian token', () => `ATAT${'T3'}${some(name, 180)}`],
  ['Bitbucket password', () => `ATB${'B'}${some(alphanumeric, 32)}`],
  ['Discord webhook', () => `https://discord.com/api/webhooks/${some('123456789', 18)}/${some(name, 68)}`],
  ['Discord token', () => `M${some(alphanumeric, 25)}.${some(alphanumeric, 6)}.${some(alphanumeric, 38)}`],
  [
    'Teams webhook',
    () => `https://acme.webhook.office.com/webhookb2/${uuid()}@${uuid()}/IncomingWebhook/${some(hex, 32)}/${uuid()}`,
  ],
  ['Square token', () => `EAA${'A'}${some(name, 60)}`],
  ['Azure DevOps token', () => `${some(alphanumeric, 76)}AZD${'O'}${some(alphanumeric, 4)}`],
  ['RubyGems key', () => `rubygems${'_'}${some(hex, 48)}`],
  ['NuGet key', () => `oy${'2'}${some(lower + digits, 43)}`],
  ['crates.io token', () => `ci${'o'}${some(alphanumeric, 32)}`],
  ['Docker Hub token', () => `dckr_${'pat'}_${some(name, 27)}`],
  ['Artifactory key', () => `AKC${'p'}${some(alphanumeric, 69)}`],
  ['Mailchimp key', () => `${some(hex, 32)}-us${'1'}4`],
  ['Brevo key', () => `xkeysib${'-'}${some(hex, 64)}-${some(alphanumeric, 16)}`],
  ['Resend key', () => `re${'_'}${some(alphanumeric, 8)}_${some(alphanumeric, 24)}`],
  ['Groq key', () => `gsk${'_'}${some(alphanumeric, 52)}`],
  ['Terraform token', () => `${some(alphanumeric, 14)}.atlas${'v1'}.${some(alphanumeric, 67)}`],
  ['Pulumi token', () => `pul${'-'}${some(hex, 40)}`],
  ['Doppler token', () => `dp${'.'}st.prod.${some(alphanumeric, 43)}`],
  ['Databricks token', () => `dap${'i'}${some(hex, 32)}`],
  ['Heroku key', () => `HRK${'U-'}AA${some(name, 58)}`],
  ['Tailscale key', () => `tske${'y-'}auth-${some(alphanumeric, 17)}-${some(alphanumeric, 32)}`],
  ['Supabase token', () => `sb${'p_'}${some(hex, 40)}`],
  ['PlanetScale token', () => `pscal${'e_'}tkn_${some(alphanumeric, 43)}`],
  ['Grafana token', () => `gls${'a_'}${some(alphanumeric, 32)}_${some(hex, 8)}`],
  ['New Relic key', () => `NRA${'K-'}${some('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 27)}`],
  ['Sentry token', () => `sntr${'yu_'}${some(hex, 64)}`],
  ['SonarQube token', () => `sq${'p_'}${some(hex, 40)}`],
  ['Notion token', () => `nt${'n_'}${some(alphanumeric, 46)}`],
  ['Linear key', () => `lin_${'api_'}${some(alphanumeric, 40)}`],
  ['Airtable token', () => `pa${'t'}${some(alphanumeric, 14)}.${some(hex, 64)}`],
  ['HubSpot token', () => `pa${'t-'}na1-${uuid()}`],
  ['Figma token', () => `fig${'d_'}${some(name, 40)}`],
  ['Postman key', () => `PMA${'K-'}${some(hex, 24)}-${some(hex, 34)}`],
  ['Alibaba Cloud key', () => `LTA${'I'}${some(alphanumeric, 20)}`],
  ['Cloudflare key', () => `v1${'.0-'}${some(hex, 24)}-${some(hex, 146)}`],
  ['Mapbox token', () => `s${'k.ey'}J${some(name, 60)}.${some(name, 22)}`],
  ['password with # in a URL', () => `mysql://root:gV${some(letters, 3)}#J${some(digits, 4)}@db/x`],
  ['password with ? in a URL', () => `mysql://root:gV${some(letters, 3)}?J${some(digits, 4)}@db/x`],
  ['token of 40 digits as a user', () => `https://a1${some(hex, 38)}@github.com/a/b`],
  ['random token as a user', () => `https://${keyed()}@gitlab.example.com/a/b.git`],
  ['DSN of Go for MySQL', () => `app:${some(alphanumeric, 10)}@tcp(db.internal:3306)/app?parseTime=true`],
  [
    'DSN with @ in its password',
    () => `app:${some(alphanumeric, 5)}@${some(alphanumeric, 5)}@unix(/tmp/mysql.sock)/app`,
  ],
  ['header of an agent', () => `Authorization: Bearer ${keyed()}`],
  ['header of a user', () => `Authorization: Basic ${Buffer.from(`app:${some(alphanumeric, 9)}`).toString('base64')}`],
  ['header with a key', () => `X-Api-Key: ${keyed()}`],
  ['header of GitLab', () => `PRIVATE-TOKEN: ${keyed()}`],
  ['header in a command', () => `curl -H "Authorization: Bearer ${keyed()}" https://api`],
  ...['access_token', 'api_key', 'apikey', 'client_secret', 'auth_token'].map(
    (parameter): Planted => [
      `parameter ${parameter}`,
      () => `https://api.example.com/v1?a=b&${parameter}=${keyed()}&c=d`,
    ],
  ),
  ['PGPASSWORD', () => `PGPASSWORD=${some(alphanumeric, 9)} psql -h db app`],
  ['MYSQL_PWD', () => `export MYSQL_PWD='${some(alphanumeric, 9)}'; mysql`],
  ['curl -u', () => `curl -s -u app:${some(letters, 9)} https://api.example.com`],
  ['curl --user', () => `curl --user 'app:${some(letters, 9)}' https://api.example.com`],
  ['PayPal token', () => `access_token${'$'}production${'$'}${some(lower + digits, 16)}${'$'}${some(hex, 32)}`],
  ['Facebook token', () => `EA${'A'}${some(alphanumeric, 120)}`],
  ['fly.io token', () => `fo1${'_'}${some(name, 43)}`],
  ['fly.io macaroon', () => `FlyV1 fm2${'_'}${some(base64, 120)}`],
  ['former Vault token', () => `s${'.'}aZ4${some(alphanumeric, 21)}`],
  ...['client_secret', 'clientSecret', 'api_key', 'stripeApiKey', 'access_token', 'authToken', 'PRIVATE_TOKEN'].map(
    (key): Planted => [`value of ${key}`, keyed, key],
  ),
  ['short value of api_key', () => 'q7Xw2Lk9RtB4nZc1', 'api_key'],
  ['hexadecimal value of apiKey', () => `1a2b${some(hex, 20)}`, 'apiKey'],
  ['session token of AWS', () => `IQoJb3JpZ2luX2Vj${some(base64, 400)}==`, 'aws_session_token'],
  ['URL with escapes of JSON', () => `{"url": "https:\\/\\/app:${some(alphanumeric, 9)}@db\\/x"}`],
  ['token with an escape of JSON', () => `{"token": "\\u0067h${'p_'}${some(alphanumeric, 36)}"}`],
  ['URL with escapes alone', () => `"https:\\/\\/app:${some(alphanumeric, 9)}\\u0040db\\/x"`],
  ['JSON in JSON with escapes', () => JSON.stringify(`{"url": "https:\\/\\/app:${some(alphanumeric, 9)}@db\\/x"}`)],
  ['authorization header', () => `Bearer ${some(alphanumeric, 32)}`, 'Authorization'],
];

const kinds = planted.map(([what, make, key]) => ({ what, make, key }));

describe('finds, however its characters fall, a planted', () => {
  test.each(kinds)('$what', ({ make, key = 'value' }) => {
    for (let round = 0; round < 50; round += 1) {
      const text = make();
      expect(secretsIn(text, key).length, text).toBeGreaterThan(0);
    }
  });
});

test.each(kinds.filter(({ key }) => key === undefined))('finds a planted $what inside of JSON', ({ make }) => {
  expect(secretsIn(JSON.stringify({ nested: [{ deeply: make() }] }), 'document').length).toBeGreaterThan(0);
});

const ordinary: readonly (() => string)[] = [
  uuid,
  () => some(hex, 32),
  () => some(hex, 40),
  () => some(hex, 64),
  () => some(hex, 128),
  () => some(hex, 7),
  () => `sha256:${some(hex, 64)}`,
  () => `sha384-${some(base64, 64)}`,
  () => `registry.example.com/acme/app:1.2.3@sha256:${some(hex, 64)}`,
  () => `docker://alpine:3.19@sha256:${some(hex, 64)}`,
  () => Buffer.from(some(alphanumeric, 12)).toString('base64'),
  () => some(base64, 44),
  () => `arn:aws:lambda:eu-west-1:${some(digits, 12)}:function:check`,
  () => `arn:aws:kms:eu-west-1:${some(digits, 12)}:key/${uuid()}`,
  () => `arn:aws:secretsmanager:eu-west-1:${some(digits, 12)}:secret:acme/db-${some(alphanumeric, 6)}`,
  () => `arn:aws:iam::${some(digits, 12)}:role/appcfg`,
  () => `{{resolve:secretsmanager:acme/db:SecretString:password}}`,
  () => some(digits, 12),
  () => `AROA${some('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 17)}`,
  () => `AIDA${some('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 17)}`,
  () => `AC${some(hex, 32)}`,
  () => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${some(base64, 43)} user@host`,
  () => `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ${some(base64, 340)}`,
  () => `-----BEGIN CERTIFICATE-----\n${some(base64, 64)}\n-----END CERTIFICATE-----\n`,
  () => `-----BEGIN PUBLIC KEY-----\n${some(base64, 64)}\n-----END PUBLIC KEY-----\n`,
  () => `${some(lower, 8)}@example.com`,
  () => `mailto:${some(lower, 8)}@example.com`,
  () => `https://${some(lower, 8)}@example.com/path`,
  () => `ssh://git@gitlab.example.com:2222/acme/${some(lower, 8)}.git`,
  () => `git@github.com:acme/${some(lower, 8)}.git`,
  () => `https://${some(lower, 8)}.example.com:8443/a/b?c=d&e=${some(hex, 8)}#f@g`,
  () => `http://localhost:8080/${some(lower, 5)}@v2`,
  () => `postgres://db.example.com:5432/${some(lower, 8)}`,
  () => `postgres://app:\${DB_PASSWORD}@db/${some(lower, 8)}`,
  () => `postgres://app:$DB_PASSWORD@db/${some(lower, 8)}`,
  () => `postgres://app:{{password}}@db/${some(lower, 8)}`,
  () => `postgres://app:<password>@db/${some(lower, 8)}`,
  () => `postgres://app:***@db/${some(lower, 8)}`,
  () => `postgres://app:xxxx@db/${some(lower, 8)}`,
  () => `postgres://app:changeme@db/${some(lower, 8)}`,
  () => `Server=db;Database=${some(lower, 8)};Integrated Security=true;`,
  () => `Server=db;Database=${some(lower, 8)};User Id=app;Password=\${PASSWORD};`,
  () => `${some('123456789', 1)}.${some(digits, 2)}.${some(digits, 2)}-rc.${some(digits, 1)}+${some(hex, 7)}`,
  () => `pk_live_${some(alphanumeric, 24)}`,
  () => `pk_test_${some(alphanumeric, 24)}`,
  () => `pk.ey${'J'}${some(name, 60)}.${some(name, 22)}`,
  () => `pubkey-${some(hex, 32)}`,
  () => 'AKIAIOSFODNN7EXAMPLE',
  () => 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  () => 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  () => 'glpat-XXXXXXXXXXXXXXXXXXXX',
  () => 'changeme',
  () => '<password>',
  () => 'global-configuration-service-name-of-the-fleet',
  () => 'AppConfig.Linear50PercentEvery30Seconds',
  () => 'task-definition-for-the-nightly-maintenance-window',
  () => `s3://acme-${some(lower, 8)}/path/to/object.json`,
  () => `2026-11-${some('12', 1)}${some(digits, 1)}T12:00:00Z`,
  () => `acme/prod/${some(lower, 8)}/password`,
  () => `alias/${some(lower, 12)}`,
  () => `data:image/png;base64,iVBORw0KGgo${some(base64, 80)}`,
  () => `${some(digits, 3)}.${some(digits, 2)}.0.0/16`,
  () => `SELECT * FROM users WHERE name = '${some(lower, 8)}' AND active = true`,
  () => `cron(0 12 * * ? *)`,
  () => `Your password has to be changed: password = at least 12 characters`,
  () => `https://example.com/reset?token=\${token}&password=\${password}`,
  () => `W/"${some(hex, 40)}"`,
  () => `npm:left-pad@${some(digits, 1)}.0.0`,
  () => `eu-west-1_${some(alphanumeric, 9)}`,
  () => `vpc-${some(hex, 17)}`,
  () => `subnet-${some(hex, 17)}`,
  () => `i-${some(hex, 17)}`,
  () => `G-${some('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 10)}`,
  () =>
    `Server=db;User Id=app;Password=@Microsoft.KeyVault(SecretUri=https://${some(lower, 8)}.vault.azure.net/secrets/db);`,
  () => `Server=db;User Id=app;Password=#{DbPassword}#;Database=${some(lower, 8)}`,
  () => `https://example.com/${some(lower, 8)}?password=${['reset', 'true', 'forgot', '1'][some('0123', 1) as never]}`,
  () => `amqp://guest:guest@localhost:5672/${some(lower, 8)}`,
  () => `postgres://postgres:postgres@127.0.0.1/${some(lower, 8)}`,
  () => `mysql://root:root@localhost/${some(lower, 8)}`,
  () => `https://user:password@localhost/${some(lower, 8)}`,
  () => `https://${some(lower, 8)}.example.com:8443#a@b`,
  () => `https://${some(lower, 8)}.example.com:8443?a=b@c`,
  () => `https://service-account-of-the-nightly-maintenance@${some(lower, 8)}.example.com/a`,
  () => `app:\${PASSWORD}@tcp(${some(lower, 8)}:3306)/app`,
  () => `Authorization: Bearer \${TOKEN} for ${some(lower, 8)}`,
  () => `Authorization: Basic authentication of ${some(lower, 8)}`,
  () => `X-Api-Key: the-key-of-your-own-application-${some(lower, 8)}`,
  () => `Access-Control-Allow-Headers: Authorization, X-Api-Key, ${some(lower, 8)}`,
  () => `https://example.com/?access_token=your-token-of-the-application&a=${some(lower, 8)}`,
  () => `https://example.com/?api_key=\${API_KEY_OF_THE_APPLICATION}&a=${some(lower, 8)}`,
  () => `PGPASSWORD=$PASSWORD psql -h ${some(lower, 8)}`,
  () => `PGPASSWORD=$(cat /run/secrets/${some(lower, 8)}) psql`,
  () => `curl -u $NAME:$PASSWORD https://${some(lower, 8)}`,
  () => `curl https://${some(lower, 8)} | docker run -u 1000:1000 app`,
  () => `urls.${some(lower, 24)}`,
  () => `s.${some(lower, 24)}`,
  () => `C:\\users\\${some(lower, 8)}\\u00e9t\\/x`,
  () => `https://${some(hex, 32)}@o${some(digits, 6)}.ingest.sentry.io/${some(digits, 7)}`,
];

test('flags none of 4,800 ordinary values, whatever the key is', () => {
  const keys = ['value', 'id', 'digest', 'url', 'password', 'secretName', 'token', 'image'];
  const flagged = ordinary.flatMap((make) =>
    Array.from({ length: 50 }, (_, round) => {
      const text = make();
      const [found] = secretsIn(text, keys[round % keys.length]);
      return found === undefined ? [] : [`${found.kind}: ${text}`];
    }).flat(),
  );
  expect(flagged).toEqual([]);
  expect(ordinary.length * 50).toBeGreaterThan(2_000);
});

describe('of a value below a key', () => {
  test.each(['secretId_db', 'secret_name', 'secretArn', 'SECRET_PATH', 'db_secret_version', 'secretRef'])(
    '%s names a secret',
    (key) => expect(secretsIn(mixed(40), key)).toEqual([]),
  );

  test.each([
    ['api_key', 'the-key-of-the-nightly-maintenance-2026'],
    ['apiKey', 'myApiKeyForProduction2024v2'],
    ['apiKey', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:acme/db-a1B2c3'],
    ['apiKey', 'vault:secret/data/a1Z9q7Xw2Lk9RtB4#key'],
    ['client_secret', 'projects/123456789012/secrets/client-secret/versions/12'],
    ['client_secret', '/acme/prod/payments/client_secret/v2'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable
    ['client_secret', '${CLIENT_SECRET_OF_THE_APPLICATION_2}'],
    ['access_token', 'access-token-lifetime-3600'],
    ['access_token', '3f2504e0-4f89-11d3-9a0c-0305e82c3301'],
    ['api_key', '20260101120000-20270101120000'],
    ['stripe_api_key', `pk_live_${'q7Xw2Lk9RtB4nZc1VmYp'}`],
    ['public_api_key', 'q7Xw2Lk9RtB4nZc1VmYp'],
    ['api_key_id', 'q7Xw2Lk9RtB4nZc1VmYp'],
    ['tokenizer', 'q7Xw2Lk9RtB4nZc1VmYp'],
  ])('%s: %s is none', (key, text) => expect(secretsIn(text, key)).toEqual([]));

  test('a user that is like the password is a default on this machine alone', () => {
    expect(secretsIn('amqp://guest:guest@localhost/x', 'url')).toEqual([]);
    for (const url of [
      'amqp://guest:guest@queue/x',
      'amqp://guest:guest@localhost.example.com/x',
      'amqp://app:guest@localhost/x',
    ]) {
      expect(
        secretsIn(url, 'url').map(({ text }) => text),
        url,
      ).toEqual(['guest']);
    }
  });
});

test('each rule has a sign or a key', () => {
  for (const { sign, key, name: kind } of secretRules)
    expect((sign === undefined) !== (key === undefined), kind).toBe(true);
});
