import { match } from '../image/match.ts';
import { splitOnce } from '../image/split.ts';
import { alternatives, derived, hole, render, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';

/** Stands for a hole; no host has it. */
const unknown = '?';

// Private registries of every partition (China, the European sovereign cloud and the isolated ones too), FIPS and dual-stack endpoints, and
// ECR Public: anchored, so that a longer host is another one.
const host =
  /^(?:[a-z0-9?.-]*\.)?dkr[.-]ecr(?:-fips)?\.[a-z0-9?-]+\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)(?::\d+)?(?:\/|$)|^public\.ecr\.aws(?:\/|$)/;

/** `ECR_REGISTRY`, `awsEcrUrl`, `registry-ecr`: ECR as a word of its own. */
function namesEcr(name: string): boolean {
  return name.split(/[._-]|(?<=[a-z])(?=[A-Z])/).some(word => word.toLowerCase() === 'ecr');
}

const account = '(the account’s ECR registry)';

/**
 * Stands for the registry of the AWS account, which `aws ecr` does not name: `aws ecr put-image --repository-name R --image-tag T` writes
 * `<this>/R:T`. It may be any ECR host that others write out, and no other. ECR Public's host is known, the alias in it is not.
 */
export function accountRegistry(at: Span, isPublic: boolean): Template {
  return isPublic ? [...derived('public.ecr.aws/', at), ...hole('(the account’s alias)', 'unknown', at)] : hole(account, 'unknown', at);
}

/**
 * Whether a reference or a registry is on Amazon ECR: by its host, by the output of an ECR login (`logins`), by a secret, variable, input
 * or env entry that carries ECR in its name, or because the AWS CLI gave it. What is unknown is not.
 */
export function isEcrHost(reference: Template, logins: readonly Template[] = []): boolean {
  return alternatives(start(reference)).some(option => {
    if (host.test(render(option, () => unknown))) return true;
    const [first] = option;
    if (first?.kind !== 'hole') return false;
    if (first.registry === 'ecr' || first.source === account) return true;
    const name = /^(?:(?:secrets|vars|env|inputs)\.|(?:steps|needs)\.[\w-]+\.outputs\.|\$\{?)([\w-]+)\}?$/.exec(first.source)?.[1];
    if (name && namesEcr(name)) return true;
    const login = /^steps\.([\w-]+)\.outputs\.registry$/i.exec(first.source)?.[1];
    if ((login && namesEcr(login)) || /^(?:\$\(|`)\s*aws\s+ecr(?:-public)?\s/.test(first.source)) return true;
    return logins.some(([login]) => login?.kind === 'hole' && login.source === first.source);
  });
}

/** Whether two names are one repository's path at Amazon ECR, perhaps in other accounts or regions: images are copied between these under one name. */
export function isSameAtEcr(a: Template, b: Template): boolean {
  const [left, right] = [splitOnce(a, '/'), splitOnce(b, '/')];
  return left !== undefined && right !== undefined && match(left[1], right[1]) === 'same' && isEcrHost(a) && isEcrHost(b);
}

/** Up to the first `/` that is written: the repository behind it may take many forms, the host is one of few. */
function start(reference: Template): Template {
  const end = reference.findIndex(part => part.kind === 'text' && part.text.includes('/'));
  return end < 0 ? reference : reference.slice(0, end + 1);
}

/** Whether a login's user is one that only Amazon ECR has: `AWS`, or an access key. */
export function isEcrUser(user: Template): boolean {
  return /^AWS$|^(?:secrets|vars|env)\.AWS_ACCESS_KEY/.test(user.length === 1 ? render(user, ({ source }) => source) : '');
}
