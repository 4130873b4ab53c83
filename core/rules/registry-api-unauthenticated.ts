import { referenceParts } from '../image/mobility.ts';
import { alternatives, display, literal, type Template } from '../image/template.ts';
import type { ShellCommand } from '../shell/command.ts';
import type { Span } from '../text/span.ts';
import type { StepScript } from '../usage/scriptUse.ts';
import type { Usage } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';

/** A registry shows a private repository to those who sign in, and says 401 or 404 to a bare request. */
export const registryApiUnauthenticated: Rule = {
  id: 'registry-api-unauthenticated',
  title: 'A registry’s API is asked without credentials',
  severity: 'warning',
  fixable: false,
  visit: {
    script(script, context) {
      for (const command of script.commands) {
        const request = registryRequest(command);
        if (!request || !endsTheStep(command) || !isOwnImage(request, script, context) || isSaidAlready(context, request.at)) continue;
        context.report({
          at: request.at,
          message:
            `\`${request.program}\` asks ${request.host} without credentials about \`${request.repository}\`, and the job signs in there for that repository. ` +
            'If the repository is private, the answer is 401 or 404 and the step ends here; a public one answers until the limit for requests without a name is reached. ' +
            'Send a token, or ask with a program that uses the login (`crane`, `skopeo`, `docker buildx imagetools`).',
        });
      }
    },
  },
};

interface Request {
  readonly program: string;
  readonly host: string;
  /** As the URL writes it: `acme/app`. */
  readonly repository: string;
  readonly at: Span;
}

/** What an address says: the host and the repository. Asking for a pull token without a name is meant so, and is none of these. */
function readAddress(url: string): { readonly host: string; readonly repository: string } | undefined {
  const [, , host = '', ...path] = (url.split('?')[0] ?? '').split('/');
  const [first, second, ...rest] = path;
  if (host === 'hub.docker.com' && first === 'v2') {
    if (second === 'namespaces') return rest[1] === 'repositories' ? { host, repository: `${rest[0]}/${rest[2]}` } : undefined;
    const end = rest.findIndex(part => part === 'tags' || part === 'images');
    return second === 'repositories' ? { host, repository: rest.slice(0, end < 0 ? 2 : end).join('/') } : undefined;
  }
  if (host === 'quay.io' && first === 'api') return rest[0] === 'repository' ? { host, repository: rest.slice(1, 3).join('/') } : undefined;
  const end = path.findIndex(part => part === 'manifests' || part === 'tags' || part === 'blobs' || part === 'referrers');
  return first === 'v2' && end > 1 ? { host, repository: path.slice(1, end).join('/') } : undefined;
}

/** A request to a registry that carries no credentials; `undefined` for others, and where what it carries cannot be known. */
function registryRequest(command: ShellCommand): Request | undefined {
  const [name, ...words] = command.words;
  const program = literal(name?.template ?? []) ?? '';
  if (program !== 'curl' && program !== 'wget') return undefined;
  const url = words.find(({ template }) => /^https?:\/\//.test(display(template)));
  const address = url && readAddress(shortened(url.template));
  if (!url || !address || words.some(word => word !== url && mayAuthenticate(word.template))) return undefined;
  const { host, repository } = address;
  if (host.includes('@') || /^(?:localhost|127\.|\[)/.test(host)) return undefined;
  return { program, host, repository, at: url.span };
}

/** The first form, no longer than addresses are. */
function shortened(template: Template): string {
  return display(template).slice(0, 500);
}

/** `-u`, `-H 'Authorization: …'`, `--netrc`, or a word that nobody knows. */
function mayAuthenticate(word: Template): boolean {
  const text = display(word);
  const [first] = word;
  if (first && first.kind !== 'text') return true;
  return /^-[a-zA-Z]*[unK]|^--(?:user|netrc|config|oauth2|http-|proxy-header)|^-?-?(?:header=)?-?H?["']?(?:proxy-)?authorization|^@/i.test(
    text,
  );
}

/** The request's failure ends the script: curl's own is one of 401 and 404 only with `-f`; without it, that of who reads the answer. */
function endsTheStep(command: ShellCommand): boolean {
  const words = command.words.map(({ template }) => literal(template) ?? '');
  const fails = words[0] === 'wget' || words.some(word => /^-[a-zA-Z]*f|^--fail/.test(word));
  if (fails && command.failure === 'fatal') return true;
  const reader = command.pipeline?.parts[(command.position ?? 0) + 1];
  if (reader?.failure !== 'fatal') return false;
  const [program, ...args] = reader.words.map(({ template }) => literal(template) ?? '');
  return program === 'jq' && args.some(argument => /^-[a-z]*e|^--exit-status|\[\]/.test(argument));
}

/** The job signs in to the registry, and the workflow pushes, pulls or deploys the same repository there. */
function isOwnImage({ host, repository }: Request, { job, step, script }: StepScript, { usage, workspace }: RuleContext): boolean {
  const isHub = /^(?:hub|registry-1|index|registry\.hub)\.docker\.(?:com|io)$/.test(host);
  const registries = isHub ? ['', 'docker.io', 'index.docker.io', 'https://index.docker.io/v1/'] : [host];
  const signsIn = usage.usages.some(use => use.kind === 'login' && use.job === job && registries.includes(display(use.registry)));
  if (!signsIn || isMeantToBePublic(`${step.name?.value ?? ''}\n${script.slice(0, Number.MAX_SAFE_INTEGER)}`)) return false;
  const names = isHub ? [repository, `docker.io/${repository}`, `index.docker.io/${repository}`] : [`${host}/${repository}`];
  if (names.some(name => workspace.policy.isPublic(name))) return false;
  return usage.usages.some(use => references(use).some(reference => names.includes(nameOf(reference))));
}

/** Somebody says that the request goes without a login on purpose. */
function isMeantToBePublic(text: string): boolean {
  return /anonymous|unauthenticated|\bpublic|without (?:a )?(?:login|credential|auth)|logged out|docker logout/i.test(text);
}

function references(use: Usage): readonly Template[] {
  switch (use.kind) {
    case 'build':
      return use.tags.map(({ template }) => template);
    case 'push':
    case 'pull':
    case 'deploy':
    case 'inspect':
      return [use.reference.template];
    case 'retag':
      return [use.from.template, use.to.template];
    default:
      return [];
  }
}

/** Without tag and digest. */
function nameOf(reference: Template): string {
  return display(referenceParts(alternatives(reference)[0] ?? []).name);
}
