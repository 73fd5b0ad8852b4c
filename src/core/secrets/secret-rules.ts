// What a secret looks like, one row a kind. A row is precise: the format is one that its vendor documents, and no ordinary value has
// it. Matching takes linear time: each repetition is bounded, or starts only where the characters that it repeats begin.

import { isRandom } from './is-random.ts';

export interface SecretRule {
  /** With its article, for a message. */
  readonly name: string;
  /** What a string with such a secret has, whatever its case: cheaper than the pattern. Undefined: the key decides. */
  readonly sign?: RegExp;
  /** Global. Its first group is the secret, where it has one; otherwise the whole match is. */
  readonly pattern: RegExp;
  /** What the key of the value has to match. */
  readonly key?: RegExp;
  /** Whether the text is one that can have it. */
  readonly when?: (text: string) => boolean;
  /** Whether a match is none after all. */
  readonly unless?: (match: RegExpMatchArray) => boolean;
}

/** A whole value, for rules with a key. */
const awsSecretKey = /^([A-Za-z0-9/+]{40})$/g;
const hex32 = /^([0-9a-f]{32})$/g;
const hex40 = /^([0-9a-f]{40})$/g;

/** A hash has hexadecimal digits alone, a path no digits. */
const isNotMixed = ([, text = '']: RegExpMatchArray) =>
  !/[G-Z]/.test(text) || !/[g-z]/.test(text) || !/[0-9]/.test(text);

/** `alpine:3.19@sha256:…` is an image with its digest. */
const isImage = ({ input = '', 0: match, index = 0 }: RegExpMatchArray) =>
  /^sha[0-9]{3}:/.test(input.slice(index + match.length, index + match.length + 7));

const isNotRandom = ([whole, secret = whole]: RegExpMatchArray) => !isRandom(secret);

/** Keys of the browser are public: of Stripe, PostHog and Mapbox. */
const isNoKey = (match: RegExpMatchArray) =>
  isNotRandom(match) || /^(?:pk|phc|pub|public)[_.-]|\/secrets?\//i.test(match[0]);

/** `guest:guest@localhost`: what a program has when it is installed, on the machine of a developer. */
const isLocalDefault = ({ input = '', 0: match, 1: password, index = 0 }: RegExpMatchArray) =>
  match.endsWith(`://${password}:${password}@`) &&
  /^(?:localhost|127\.0\.0\.1|\[::1\])(?![A-Za-z0-9.-])/.test(
    input.slice(index + match.length, index + match.length + 12),
  );

/** `?password=reset` is a page. */
const isPage = ([, value = '']: RegExpMatchArray) =>
  /^(?:reset|forgot|forgotten|change|new|show|hide|true|false|yes|no|on|off|required|optional|expired|[01])$/i.test(
    value,
  );

/** `Basic` with a user and a password in base64. */
const isNoBasic = ([, encoded = '']: RegExpMatchArray) =>
  !/^[\x20-\x7e]{0,200}:[\x20-\x7e]+$/.test(Buffer.from(encoded, 'base64').toString('latin1'));

/** `curl -u 1000:1000` has no form of a password, nor has a variable. */
const isNoLogin = ([, password = '']: RegExpMatchArray) => /^[0-9]{1,5}$|^[$`%]/.test(password);

/** A connection string has other members than the password. */
const isConnection = (text: string) =>
  /(?:server|source|host|hostname|addr|address|endpoint|driver|database|dbname|catalog|user ?id|uid|user|username) {0,9}=/i.test(
    text,
  );

export const secretRules: readonly SecretRule[] = [
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids: of users, roles and groups are no keys
  {
    name: 'an AWS access key id',
    sign: /A(?:KIA|SIA|BIA|CCA)[A-Z0-9]/,
    pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
  {
    name: 'an AWS secret access key',
    key: /^(?!.*secrets?[_-]?(?:id|name|arn|ref|path|label|version)).*secret/i,
    pattern: awsSecretKey,
    unless: isNotMixed,
  },
  {
    name: 'an AWS secret access key',
    sign: /secret_?access_?key/,
    pattern: /secret_?access_?key["']?\s{0,9}[=:]\s{0,9}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
  },
  // https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
  {
    name: 'an Amazon Bedrock API key',
    sign: /ABSK/,
    pattern: /(?<![A-Za-z0-9+/])ABSK[A-Za-z0-9+/]{100,300}={0,2}/g,
  },
  // RFC 7468, RFC 4880 section 6.2, https://www.openssh.com (PROTOCOL.key); the base64 of the same
  {
    name: 'a private key',
    sign: /PRIVATE KEY/,
    pattern: /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g,
  },
  { name: 'a private key', sign: /PuTTY-User-Key-File/, pattern: /PuTTY-User-Key-File-[0-9]: /g },
  // https://age-encryption.org/v1
  { name: 'an age key', sign: /AGE-SECRET-KEY-1/, pattern: /AGE-SECRET-KEY-1[0-9A-Z]{58}/g },
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  {
    name: 'a GitLab token',
    sign: /gl[a-z]{2,5}-|GR1348941/,
    pattern:
      /(?<![A-Za-z0-9])(?:gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|wt|soat|ffct)-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{7,9})?|GR1348941[A-Za-z0-9_-]{20})/g,
  },
  // https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
  {
    name: 'a GitHub token',
    sign: /gh[pousr]_|github_pat_/,
    pattern: /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{36,255})/g,
  },
  // https://support.atlassian.com/organization-administration/docs/manage-api-tokens, .../bitbucket-cloud/docs/app-passwords
  {
    name: 'an Atlassian token',
    sign: /ATATT3|ATCTT3|ATBB/,
    pattern: /(?<![A-Za-z0-9])(?:AT[AC]TT3[A-Za-z0-9_=-]{60,300}|ATBB[A-Za-z0-9]{32})/g,
  },
  // https://api.slack.com/concepts/token-types, https://api.slack.com/messaging/webhooks
  {
    name: 'a Slack token',
    sign: /xox[a-z][-.]|xapp-|xwfp-/,
    pattern: /(?<![A-Za-z0-9])(?:xox[a-z](?:\.xox[a-z])?-|xapp-[0-9]-|xwfp-)[A-Za-z0-9-]{10,300}/g,
  },
  {
    name: 'a Slack webhook',
    sign: /hooks\.slack/,
    pattern: /hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/([A-Za-z0-9+/]{20,200})/g,
  },
  // https://discord.com/developers/docs/resources/webhook, .../docs/reference#authentication
  {
    name: 'a Discord webhook',
    sign: /\/api\/webhooks\//,
    pattern: /discord(?:app)?\.com\/api\/webhooks\/[0-9]{15,22}\/([A-Za-z0-9_-]{50,100})/g,
  },
  {
    name: 'a Discord token',
    sign: /(?<![A-Za-z0-9_.-])[MNO][A-Za-z0-9_-]{23,27}\./,
    pattern: /(?<![A-Za-z0-9_.-])[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_.-])/g,
  },
  // https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors
  {
    name: 'a Teams webhook',
    sign: /\.webhook\.office\.com\//,
    pattern: /\.webhook\.office\.com\/webhookb2\/([^\s/"']{30,100}\/IncomingWebhook\/[^\s"']{30,100})/g,
  },
  // https://docs.stripe.com/keys, https://docs.stripe.com/webhooks/signature
  {
    name: 'a Stripe key',
    sign: /[sr]k_(?:live|test)_|whsec_/,
    pattern: /(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)_[A-Za-z0-9]{10,250}|whsec_[A-Za-z0-9+/]{32,100})/g,
  },
  // https://developer.paypal.com/braintree/docs/guides/extend/oauth/overview
  {
    name: 'a PayPal token',
    sign: /access_token\$/,
    pattern: /access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}/g,
  },
  // https://developers.facebook.com/docs/facebook-login/guides/access-tokens
  {
    name: 'a Facebook token',
    sign: /EAA[A-Z0-9]{80}/,
    pattern: /(?<![A-Za-z0-9+/_-])EAA[A-Za-z0-9]{80,400}(?![A-Za-z0-9+/=_-])/g,
  },
  // https://developer.squareup.com/docs/build-basics/access-tokens
  {
    name: 'a Square token',
    sign: /EAAA|sq0(?:atp|csp)-/,
    pattern: /(?<![A-Za-z0-9_-])(?:EAAA[A-Za-z0-9_-]{60}(?![A-Za-z0-9_-])|sq0(?:atp|csp)-[A-Za-z0-9_-]{22,60})/g,
  },
  // https://shopify.dev/docs/apps/build/authentication-authorization
  {
    name: 'a Shopify token',
    sign: /shp[a-z]{2,3}_/,
    pattern: /(?<![A-Za-z0-9])shp(?:at|ca|pa|ss|ua|tka)_[0-9a-fA-F]{32}/g,
  },
  // https://cloud.google.com/docs/authentication/api-keys, https://developers.google.com/identity/protocols/oauth2
  { name: 'a Google API key', sign: /AIza/, pattern: /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g },
  {
    name: 'a Google OAuth secret',
    sign: /GOCSPX-|ya29\./,
    pattern: /(?<![A-Za-z0-9_-])(?:GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{20,500})/g,
  },
  // https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string, .../storage-sas-overview, .../service-bus-messaging
  {
    name: 'an Azure key',
    sign: /Key=|SharedSecretValue=/,
    pattern: /(?:AccountKey|SharedAccessKey|SharedSecretValue)=([A-Za-z0-9+/]{20,200}={0,2})/gi,
  },
  {
    name: 'an Azure key',

    key: /account|storage|azure|cosmos|shared/i,
    pattern: /^([A-Za-z0-9+/]{86}==)$/g,
  },
  {
    name: 'an Azure SAS signature',
    sign: /sig=/,
    pattern: /[?&;]sig=([A-Za-z0-9+/%]{40,200}(?:=|%3[Dd])?)/g,
  },
  // https://learn.microsoft.com/purview/sit-defn-azure-ad-client-secret
  {
    name: 'a Microsoft Entra client secret',
    sign: /[0-9]Q~/,
    pattern: /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])/g,
  },
  // https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate
  { name: 'an Azure DevOps token', sign: /AZDO/, pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}/g },
  // https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format
  { name: 'an npm token', sign: /npm_/, pattern: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36,100}/g },
  // https://pypi.org/help/#apitoken
  { name: 'a PyPI token', sign: /pypi-/, pattern: /(?<![A-Za-z0-9])pypi-[A-Za-z0-9_-]{60,300}/g },
  // https://guides.rubygems.org/api-key-scopes, https://doc.rust-lang.org/cargo, https://learn.microsoft.com/nuget
  { name: 'a RubyGems key', sign: /rubygems_/, pattern: /(?<![A-Za-z0-9])rubygems_[0-9a-f]{48}/g },
  { name: 'a NuGet key', sign: /oy2[a-z0-9]{43}/, pattern: /(?<![A-Za-z0-9])oy2[a-z0-9]{43}(?![A-Za-z0-9])/g },
  {
    name: 'a crates.io token',
    sign: /cio[A-Za-z0-9]{32}/,
    pattern: /(?<![A-Za-z0-9])cio[A-Za-z0-9]{32}(?![A-Za-z0-9])/g,
  },
  // https://docs.docker.com/security/access-tokens
  { name: 'a Docker Hub token', sign: /dckr_/, pattern: /(?<![A-Za-z0-9])dckr_[po]at_[A-Za-z0-9_-]{27,40}/g },
  // https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens
  { name: 'an Artifactory key', sign: /AKCp/, pattern: /(?<![A-Za-z0-9])AKCp[A-Za-z0-9]{60,80}/g },
  // https://www.twilio.com/docs/glossary/what-is-a-sid, https://www.twilio.com/docs/sendgrid
  { name: 'a Twilio key', sign: /SK[0-9a-f]{32}/, pattern: /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/g },
  { name: 'a Twilio token', key: /twilio|auth_?token/i, pattern: hex32 },
  {
    name: 'a SendGrid key',
    sign: /SG\./,
    pattern: /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}/g,
  },
  // https://documentation.mailgun.com, https://mailchimp.com/developer, https://developers.brevo.com, https://resend.com/docs
  {
    name: 'a Mailgun key',
    sign: /key-[0-9a-f]{32}|(?<![0-9a-f])[0-9a-f]{32}-[0-9a-f]{8}-/,
    pattern:
      /(?<![A-Za-z0-9-])(?:key-[0-9a-f]{32}(?![A-Za-z0-9])|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![A-Za-z0-9-]))/g,
  },
  {
    name: 'a Mailchimp key',
    sign: /[0-9a-f]-us[0-9]/,
    pattern: /(?<![A-Za-z0-9])[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9])/g,
  },
  { name: 'a Brevo key', sign: /xkeysib-/, pattern: /xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}/g },
  {
    name: 'a Resend key',
    sign: /re_[A-Za-z0-9]{8}_/,
    pattern: /(?<![A-Za-z0-9_])re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}(?![A-Za-z0-9])/g,
  },
  // https://core.telegram.org/bots/api#authorizing-your-bot
  {
    name: 'a Telegram token',
    sign: /[0-9]:A/,
    pattern: /(?<![0-9])[0-9]{6,16}:A[A-Za-z0-9_-]{34}(?![A-Za-z0-9_-])/g,
  },
  // https://platform.openai.com/docs/api-reference/authentication, https://docs.anthropic.com/en/api/overview, https://openrouter.ai/docs
  {
    name: 'an API key of a language model',
    sign: /sk-|gsk_|xai-|pplx-|r8_|hf_/,
    pattern:
      /(?<![A-Za-z0-9_-])(?:sk-(?:ant|proj|svcacct|admin|None|or)-[A-Za-z0-9_-]{20,300}|sk-[A-Za-z0-9]{32,100}|gsk_[A-Za-z0-9]{40,60}|xai-[A-Za-z0-9]{60,100}|pplx-[A-Za-z0-9]{40,60}|r8_[A-Za-z0-9]{37}(?![A-Za-z0-9])|hf_[A-Za-z0-9]{30,50})/g,
  },
  // https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes, https://developer.hashicorp.com/terraform/cloud-docs
  { name: 'a Vault token', sign: /hv[sbr]\./, pattern: /(?<![A-Za-z0-9])hv[sbr]\.[A-Za-z0-9_-]{24,300}/g },
  {
    name: 'a Vault token',
    sign: /(?<![A-Za-z0-9_./-])s\.[A-Za-z0-9]{24}/,
    pattern: /(?<![A-Za-z0-9_./-])(s\.[A-Za-z0-9]{24})(?![A-Za-z0-9_./-])/g,
    unless: isNotMixed,
  },
  {
    name: 'a Terraform token',
    sign: /\.atlasv1\./,
    pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,100}/g,
  },
  // https://docs.digitalocean.com/reference/api, https://www.pulumi.com/docs, https://docs.doppler.com, https://docs.databricks.com
  { name: 'a DigitalOcean token', sign: /_v1_/, pattern: /(?<![A-Za-z0-9])do[opr]_v1_[0-9a-f]{64}/g },
  { name: 'a Pulumi token', sign: /pul-/, pattern: /(?<![A-Za-z0-9])pul-[0-9a-f]{40}(?![A-Za-z0-9])/g },
  {
    name: 'a Doppler token',
    sign: /dp\./,
    pattern: /(?<![A-Za-z0-9])dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}/g,
  },
  {
    name: 'a Databricks token',
    sign: /dapi[0-9a-f]{32}/,
    pattern: /(?<![A-Za-z0-9])dapi[0-9a-f]{32}(?:-[0-9])?(?![A-Za-z0-9])/g,
  },
  // https://devcenter.heroku.com, https://fly.io/docs, https://docs.netlify.com, https://tailscale.com/kb, https://supabase.com/docs, https://planetscale.com/docs
  {
    name: 'a token of a platform',
    sign: /HRKU-|fo1_|fm2_|fm1[ar]?_|nfp_|tskey-|sbp_|sb_secret_|pscale_/,
    pattern:
      /(?<![A-Za-z0-9])(?:HRKU-[A-Za-z0-9_-]{36,70}|fo1_[A-Za-z0-9_-]{43}|fm(?:2|1[ar]?)_[A-Za-z0-9+/=]{60,500}|nfp_[A-Za-z0-9]{36}|tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{8,40}-?[A-Za-z0-9]{0,60}|sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{20,60}|pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{32,64})/g,
  },
  // https://grafana.com/docs, https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys, https://docs.sentry.io, https://docs.sonarsource.com
  {
    name: 'a token of a monitoring service',
    sign: /glsa_|glc_|NRAK-|NRAL|sntry[su]_|sq[apu]_/,
    pattern:
      /(?<![A-Za-z0-9])(?:glsa_[A-Za-z0-9]{32}_[0-9A-Fa-f]{8}|glc_[A-Za-z0-9+/]{32,400}|NRAK-[A-Z0-9]{27}|[0-9a-f]{36}NRAL|sntrys_[A-Za-z0-9+/=_-]{40,300}|sntryu_[0-9a-f]{64}|sq[apu]_[0-9a-f]{40})(?![A-Za-z0-9])/g,
  },
  // https://docs.datadoghq.com/account_management/api-app-keys
  { name: 'a Datadog key', key: /datadog|(?:^|_)dd_/i, pattern: hex32 },
  { name: 'a Datadog key', key: /datadog|(?:^|_)dd_/i, pattern: hex40 },
  // https://www.notion.com, https://linear.app/developers, https://airtable.com/developers, https://www.figma.com/developers, https://learning.postman.com, https://developers.hubspot.com
  {
    name: 'a token of a web service',
    sign: /ntn_|lin_api_|pat(?:[A-Za-z0-9]{14}\.|-[a-z]{2}[0-9]-)|figd_|PMAK-|CFPAT-|sl\.[A-Za-z0-9_-]{100}|EAA[MC]/,
    pattern:
      /(?<![A-Za-z0-9])(?:ntn_[A-Za-z0-9]{40,60}|lin_api_[A-Za-z0-9]{40}|pat[A-Za-z0-9]{14}\.[0-9a-f]{64}|pat-(?:na|eu)[0-9]-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|figd_[A-Za-z0-9_-]{40}|PMAK-[0-9a-f]{24}-[0-9a-f]{34}|CFPAT-[A-Za-z0-9_-]{43}|sl\.[A-Za-z0-9_-]{130,200}|EAA[MC][A-Za-z0-9]{100,300})/g,
  },
  // https://www.alibabacloud.com/help/ram
  { name: 'an Alibaba Cloud key', sign: /LTAI/, pattern: /(?<![A-Za-z0-9])LTAI[A-Za-z0-9]{12,30}(?![A-Za-z0-9])/g },
  // https://developers.cloudflare.com/ssl/origin-configuration/origin-ca
  { name: 'a Cloudflare key', sign: /v1\.0-/, pattern: /(?<![A-Za-z0-9])v1\.0-[0-9a-f]{24}-[0-9a-f]{140,150}/g },
  // https://docs.mapbox.com/help/glossary/access-token: pk. is public
  {
    name: 'a Mapbox token',
    sign: /sk\.eyJ/,
    pattern: /(?<![A-Za-z0-9])sk\.eyJ[A-Za-z0-9_-]{20,300}\.[A-Za-z0-9_-]{16,100}/g,
  },
  // RFC 7519
  {
    name: 'a JSON Web Token',
    sign: /eyJ/,
    pattern: /(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{8,}/g,
  },
  // RFC 3986 section 3.2.1
  {
    name: 'a password in a URL',
    sign: /:\/\/[^\s/?#@:"'<>]{0,200}:[^\s/@"'<>]{1,500}@/,
    // A port is none; a password may have characters that belong encoded.
    pattern: /[A-Za-z0-9]:\/\/[^\s/?#@:"'<>]{0,200}:(?![0-9]{1,5}[?#])([^\s/@"'<>]{1,500})@/g,
    unless: (match) => isImage(match) || isLocalDefault(match),
  },
  // A token as the user, as Git takes it. With 32 hexadecimal digits it is the public key of a DSN of Sentry
  {
    name: 'a token in a URL',
    sign: /https?:\/\/[A-Za-z0-9_-]{30,255}(?::x-oauth-basic)?@/,
    pattern: /https?:\/\/([A-Za-z0-9_-]{30,255})(?::x-oauth-basic)?@/g,
    unless: (match) => isNotRandom(match) || /^[0-9a-f]{32}$/.test(match[1] ?? ''),
  },
  // https://github.com/go-sql-driver/mysql#dsn-data-source-name
  {
    name: 'a password in a connection string',
    sign: /@(?:tcp6?|udp|unix)\(/,
    pattern: /(?<![^\s"'])[A-Za-z0-9_.-]{1,100}:([^\s"'<>]{1,200})@(?:tcp6?|udp|unix)\(/g,
  },
  {
    name: 'a password in a URL',
    sign: /jdbc:oracle:/,
    pattern: /jdbc:oracle:[a-z]{2,8}:[^\s/@:]{1,100}\/([^\s/@]{1,200})@/g,
  },
  {
    name: 'a password in a URL',
    sign: /[?&;](?:password|passwd|pwd)=/,
    pattern: /[?&;](?:password|passwd|pwd)=([^\s&;#"'<>]{1,500})/gi,
    when: (text) => text.includes('://'),
    unless: isPage,
  },
  // RFC 6750 section 2.3, RFC 6749 section 2.3.1
  {
    name: 'a token in a URL',
    sign: /[?&](?:access_?token|auth_?token|private_?token|api_?key|client_?secret)=/,
    pattern:
      /[?&](?:access_?token|auth_?token|private_?token|api_?key|client_?secret)=([A-Za-z0-9+/=_.~%-]{16,4000})/gi,
    unless: isNoKey,
  },
  // https://learn.microsoft.com/dotnet/framework/data/adonet/connection-string-syntax, https://www.postgresql.org/docs/current/libpq-connect.html
  {
    name: 'a password in a connection string',
    sign: /(?:password|pwd)\s{0,9}=/,
    pattern: /(?:^|[;,\s"'])(?:password|pwd)\s{0,9}=\s{0,9}["']?([^\s;,"']{1,500})/gi,
    when: isConnection,
  },
  // https://www.postgresql.org/docs/current/libpq-envars.html, https://dev.mysql.com/doc/refman/8.4/en/environment-variables.html
  {
    name: 'a password of a program',
    sign: /(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH)=/,
    pattern: /(?<![A-Za-z0-9_])(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH)=["']?([^\s"';&|$`]{1,500})/g,
  },
  // https://curl.se/docs/manpage.html#-u
  {
    name: 'a password of a program',
    sign: /curl\s/,
    pattern: /(?<![A-Za-z0-9])curl\s[^\n|;]{0,200}?(?<=\s)(?:-u|--user)[\s=]?["']?[^\s:"']{1,100}:([^\s"']{1,200})/g,
    unless: isNoLogin,
  },
  // RFC 7617, RFC 6750
  {
    name: 'credentials of a header',
    sign: /authorization["']?\s{0,3}[:=]/,
    pattern: /authorization["']?\s{0,3}[:=]\s{0,3}["']?basic\s{1,3}([A-Za-z0-9+/]{6,1000}={0,2})/gi,
    unless: isNoBasic,
  },
  {
    name: 'credentials of a header',
    sign: /(?:authorization|api-key|auth-token|private-token|vault-token)["']?\s{0,3}[:=]/,
    pattern:
      /(?:authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:bearer|token)\s{1,3}|(?:api-key|auth-token|private-token|vault-token)["']?\s{0,3}[:=]\s{0,3}["']?)([A-Za-z0-9+/=._~-]{16,4000})/gi,
    unless: isNoKey,
  },
  {
    name: 'credentials of a header',

    key: /authorization/i,
    pattern: /^(?:basic|bearer|token) ([A-Za-z0-9+/=._~-]{16,4000})$/gi,
  },
  // RFC 6749 section 2.3.1, https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html: a name for what has no form of its own
  {
    name: 'a key or token',
    key: /^(?!.*publi).*(?:client[_-]?secret|api[_-]?key|aws[_-]?session[_-]?token|(?:access|auth|private)[_-]?token)$/i,
    pattern: /^([A-Za-z0-9+/=_.~-]{16,4000})$/g,
    unless: isNoKey,
  },
];
