import { alternatives, render, type Template } from '../image/template.ts';

/** Stands for a hole; no host has it. */
const unknown = '?';

// Private registries of every partition, FIPS and dual-stack endpoints, and ECR Public: anchored, so that a longer host is another one.
const host =
  /^(?:[a-z0-9?.-]*\.)?dkr[.-]ecr(?:-fips)?\.[a-z0-9?-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)(?::\d+)?(?:\/|$)|^public\.ecr\.aws(?:\/|$)/;
const named = /(?:^|[._])ecr(?:[._]|$)/i;

/**
 * Whether a reference or a registry is on Amazon ECR: by its host, by the output of an ECR login (`logins`), or by a secret, variable or
 * env entry that carries ECR in its name. What is unknown is not.
 */
export function isEcrHost(reference: Template, logins: readonly Template[] = []): boolean {
  return alternatives(reference).some(option => {
    if (host.test(render(option, () => unknown))) return true;
    const [first] = option;
    if (first?.kind !== 'hole') return false;
    if (/^(?:secrets|vars|env)\./.test(first.source) || /^\$\{?\w+\}?$/.test(first.source))
      return named.test(first.source.replace(/^\$\{?|\}$/g, ''));
    if (/^steps\.[\w-]*ecr[\w-]*\.outputs\.registry$/i.test(first.source)) return true;
    return logins.some(([login]) => login?.kind === 'hole' && login.source === first.source);
  });
}
