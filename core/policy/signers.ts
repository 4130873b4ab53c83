import { nameMatcher } from './names.ts';
import type { Signature } from './policy.ts';

/** Why a text is no OIDC issuer, in words that follow it; `undefined` where it is one. */
export function issuerProblem(issuer: string): string | undefined {
  if (/[*?[\]{}]/.test(issuer)) return 'is a pattern: an issuer is named as a whole';
  return /^https:\/\/[\w.-]+(?::\d+)?(?:\/\S*)?$/.test(issuer) ? undefined : 'is no issuer: it begins with `https://`';
}

/** Why a pattern of identities would let others in. */
export function identityProblem(identity: string): string | undefined {
  if (identity.trim() === '' || /\s/.test(identity)) return 'is no identity';
  if (/[[\]{}\\]/.test(identity)) return 'has more than `*`, `**` and `?`, which are all that is read here';
  const wild = identity.search(/[*?]/);
  if (wild < 0) return undefined;
  const known = identity.slice(0, wild);
  if (/^https:\/\/[^/]+\/[^/]+\//.test(known) || /^[*?][^*?@]*@[\w.-]+\.[a-z]+$/i.test(identity)) return undefined;
  return known.startsWith('https://')
    ? 'also stands for other owners: write host and owner out, up to the `/` behind them'
    : 'stands for nearly anybody: write its beginning out';
}

/** Why a text names no key. */
export function keyProblem(key: string): string | undefined {
  if (/^(?:awskms|gcpkms|azurekms|hashivault|k8s|env):\/\/\S+$/.test(key)) return undefined;
  if (/^[a-z]+:\/\//i.test(key))
    return 'is no kind of key that is known: a file, `awskms://`, `gcpkms://`, `azurekms://`, `hashivault://`, `k8s://`, `env://`';
  if (key.trim() === '') return 'is empty';
  return /^[/\\~]/.test(key) || key.split('/').includes('..') ? 'lies outside the repository' : undefined;
}

/** Whether a certificate's issuer and identity are the ones that a keyless signature asks for, each as a whole. */
export function isSigner(signature: Signature, issuer: string, identity: string): boolean {
  return signature.kind === 'keyless' && signature.issuer === issuer && nameMatcher(signature.identity)(identity, 'surely');
}

/** The identity as an anchored regular expression, as `cosign verify --certificate-identity-regexp` reads one. */
export function identityRegExp(identity: string): string {
  const parts = identity.split(/(\*\*|\*|\?)/).map(part => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return `^${parts.join('')}$`;
}
