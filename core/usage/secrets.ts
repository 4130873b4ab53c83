import { type HolePart, holes, literal, type Template } from '../image/template.ts';
import type { Job } from '../workflow/model.ts';

/** A value that must not be seen. */
export interface Secret {
  /** What people call it: `secrets.NPM_TOKEN`, `steps.app.outputs.token`, `$(gh auth token)`. */
  readonly source: string;
  /** It ends with the job or within hours. */
  readonly shortLived: boolean;
}

/** The first secret that a value holds as it is; tests of a secret (`secrets.X != ''`) are none. */
export function secretIn(value: Template, job: Job): Secret | undefined {
  for (const part of holes(value)) {
    const secret = secretOf(part, job);
    if (secret) return secret;
  }
  return undefined;
}

/** Actions whose outputs are secrets: all of them, or those that the pattern names. */
const actions: readonly { readonly name: RegExp; readonly outputs: RegExp; readonly shortLived: boolean }[] = [
  {
    name: /^(?:actions\/create-github-app-token|tibdex\/github-app-token|getsentry\/action-github-app-token)@/i,
    outputs: /^token$/,
    shortLived: true,
  },
  { name: /^peter-murray\/workflow-application-token-action@/i, outputs: /^token$/, shortLived: true },
  { name: /^aws-actions\/configure-aws-credentials@/i, outputs: /^aws-(?:secret-access-key|session-token)$/, shortLived: true },
  { name: /^aws-actions\/amazon-ecr-login@/i, outputs: /^docker_password_/, shortLived: true },
  { name: /^google-github-actions\/auth@/i, outputs: /^(?:access|id)_token$/, shortLived: true },
  { name: /^google-github-actions\/get-secretmanager-secrets@/i, outputs: /./, shortLived: false },
  { name: /^(?:hashicorp\/vault-action|1password\/load-secrets-action|azure\/get-keyvault-secrets)@/i, outputs: /./, shortLived: false },
];

/** Commands that print a secret. */
const printed =
  /^(?:\$\(|`)\s*(?:gh auth token|aws (?:secretsmanager get-secret-value|codeartifact get-authorization-token|ecr(?:-public)? get-login-password)|gcloud (?:auth (?:application-default )?print-access-token|secrets versions access)|az (?:account get-access-token|keyvault secret show)|vault (?:kv get|read)|op read)\b/;

function secretOf({ source, shape }: HolePart, job: Job): Secret | undefined {
  if (shape === 'boolean') return undefined;
  if (/^secrets\.[\w-]+$/i.test(source)) return { source, shortLived: /^secrets\.GITHUB_TOKEN$/i.test(source) };
  if (/^(?:github|gitea|forgejo)\.token$/i.test(source)) return { source, shortLived: true };
  if (printed.test(source)) return { source, shortLived: /token|password/.test(source) };
  if (/^\$\{?AWS_(?:SECRET_ACCESS_KEY|SESSION_TOKEN)\}?$/.test(source)) return { source, shortLived: false };
  const [, id, output] = /^steps\.([\w-]+)\.outputs\.([\w-]+)$/i.exec(source) ?? [];
  const uses = id && job.steps.find(step => step.id?.value === id)?.uses?.value;
  const action = uses && actions.find(({ name, outputs }) => name.test(uses) && outputs.test(output ?? ''));
  return action ? { source, shortLived: action.shortLived } : undefined;
}

const published = /(?:^|_)(?:NEXT_PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|VITE|REACT_APP|VUE_APP|NG_APP|GATSBY|STORYBOOK)_/i;

/** A name whose value ends in what every visitor downloads, by the convention of a web framework. */
export function isPublicByName(name: string): boolean {
  return published.test(name) || /^PUBLIC_/i.test(name);
}

const plain =
  /(?:^|[_.-])(?:REGION|ACCOUNT(?:_?ID|_NUMBER)?|REGISTRY|REPOSITORY|REPO|USER_?NAME|VERSION|ENVIRONMENT|NODE_ENV|STAGE|(?:PROJECT|TENANT|CLIENT|APP|ORG)_?(?:ID|NAME)|DOMAIN|HOST(?:NAME)?|PORT|URL|ENDPOINT|BUCKET|EMAIL)$/i;
const withCredentials =
  /DATABASE|(?:^|[_.-])(?:DB|SQL|PG)(?:[_.-]|$)|POSTGRES|MYSQL|MONGO|REDIS|AMQP|RABBIT|BROKER|KAFKA|WEBHOOK|HOOK|JDBC|CONNECTION|INDEX_URL|PROXY/i;

/** A secret's name that says that it holds configuration (a region, a host), which people keep there all the same. */
export function isConfigurationByName(source: string): boolean {
  return plain.test(source) && !withCredentials.test(source);
}

/** The name before the `=` of a build argument. */
export function argumentName(argument: Template): string | undefined {
  const [first] = argument;
  const known = literal(argument);
  const written = known ?? (first?.kind === 'text' ? first.text : '');
  return /^[\w.-]+(?==|$)/.exec(written)?.[0];
}
